/** Alerts that earlier versions of the hub wrote into each message become items, each stored once. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { AlertItem, CommonCause, DownItem } from "../../../core/alerting/alert.ts";
import { movedItem } from "../../../core/alerting/alert_item.ts";
import { SCHEMA_STEPS } from "../../../hub/store/database/schema.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** Steps of the schema before alerts were items. */
const STEPS_BEFORE = SCHEMA_STEPS.findIndex((step) => step.includes("CREATE TABLE alert_items"));
const MINUTE_MS = 60_000;
const STEP_MS = 60 * MINUTE_MS;

const FAULT = { subject: { kind: "vital", node: "ned", vital: "storage" }, name: "Ned" } as const;
const COMMON: CommonCause = { group: "attic", nodes: ["arya", "bran"], of: 3 };

function down(node: string, minute: number): DownItem {
  const diedAtMs = minute * MINUTE_MS;
  return {
    kind: "down",
    node,
    name: node,
    diedAtMs,
    lastHeardMs: diedAtMs - 5000,
    cause: "silence",
  };
}

function recovered({ node, name, diedAtMs, lastHeardMs }: DownItem, wasTold: boolean): AlertItem {
  const end = { recoveredAtMs: diedAtMs + 3 * MINUTE_MS, now: "alive", rebooted: false } as const;
  return { kind: "recovered", node, name, diedAtMs, lastHeardMs, ...end, wasTold };
}

interface Old {
  readonly recipient: string;
  readonly atMs: number;
  readonly notices: readonly AlertItem[];
  readonly common?: CommonCause;
  readonly state?: string;
  readonly createdAtMs?: number;
}

const DEATHS = [down("arya", 1), down("bran", 1), down("jon", 1)];
const [ARYA = down("arya", 1)] = DEATHS;
const AGAIN = down("arya", 5);
const FAULTS: readonly AlertItem[] = [
  { kind: "fault", ...FAULT, cause: "lost_write", sinceMs: 1000 },
  { kind: "uplink_down", channel: "webhook", sinceMs: 1000, cause: "no_connection" },
  { kind: "blind", sinceMs: 1000, cause: "no_echo" },
  { kind: "rebooted", node: "ned", name: "Ned", lastHeardMs: undefined, backAtMs: 1000 },
  { kind: "flapping", node: "sansa", name: "Sansa", sinceMs: 1000, changes: 6 },
];

const MESSAGES: readonly Old[] = [
  // It waits, and was merged with the end of a death that another message told apart.
  {
    recipient: "+491",
    atMs: 4 * MINUTE_MS,
    createdAtMs: MINUTE_MS,
    notices: [...DEATHS.slice(1), recovered(ARYA, false)],
  },
  { recipient: "+492", atMs: MINUTE_MS, notices: DEATHS, common: COMMON },
  { recipient: "+493", atMs: MINUTE_MS, notices: DEATHS, common: COMMON, state: "delivered" },
  { recipient: "+491", atMs: 4 * MINUTE_MS, notices: [recovered(ARYA, true)], state: "merged" },
  { recipient: "+493", atMs: 4 * MINUTE_MS, notices: [recovered(ARYA, true)] },
  { recipient: "+493", atMs: 5 * MINUTE_MS, notices: [AGAIN] },
  { recipient: "+494", atMs: 6 * MINUTE_MS, notices: FAULTS },
];

function writeOld(path: string): void {
  using old = new DatabaseSync(path);
  assert.ok(STEPS_BEFORE > 0);
  for (const step of SCHEMA_STEPS.slice(0, STEPS_BEFORE)) old.exec(step);
  old.exec(`PRAGMA user_version = ${STEPS_BEFORE};
    INSERT INTO calendar VALUES (1, 'boot', 0, 0, 0, 0)`);
  const add = old.prepare(
    `INSERT INTO outbox (route, channel, recipient, text, created_at_ms, due_at_ms, alert, state)
     VALUES ('people', 'twilio', ?, '', ?, 0, ?, ?) RETURNING id`,
  );
  const mark = old.prepare(
    "INSERT INTO instant_marks (of_table, of_column, of_row) VALUES ('outbox', 'created_at_ms', ?)",
  );
  for (const { recipient, atMs, createdAtMs = atMs, state = "pending", ...tells } of MESSAGES) {
    const alert = { kind: "alert", route: "people", channel: "twilio", ...tells, atMs };
    const row = add.get(recipient, createdAtMs, JSON.stringify(alert), state);
    mark.run(String(row?.id));
  }
}

/** What each message tells by itself. */
function tell(store: Store) {
  return store.outbox.newest(100).toReversed().map(({ recipient, state, alert }) => {
    const { items: notices = [], common, atMs = NaN } = alert ?? {};
    return { recipient, state, atMs, notices, ...(common === undefined ? {} : { common }) };
  });
}

Deno.test("every message of an earlier version tells what it told, and knows what came of it", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  writeOld(path);
  const expected = MESSAGES.map(({ state = "pending", createdAtMs: _, ...told }) => {
    return { state, ...told, notices: JSON.parse(JSON.stringify(told.notices)) };
  });
  // A second opening changes nothing more.
  for (const _ of [1, 2]) {
    using store = new Store(path);
    type Told = Pick<Old, "notices" | "common">;
    const sorted = <T extends Told>({ notices, common, ...rest }: T) => ({
      ...rest,
      notices: notices.map((item) => JSON.stringify(item)).toSorted(),
      common: common && { ...common, nodes: common.nodes.toSorted() },
    });
    // The order within a message is that of the decisions.
    assert.deepEqual(tell(store).map(sorted), expected.map(sorted));
    const currentOf = (recipient: string) => {
      const row = store.outbox.next().find((one) => one.recipient === recipient);
      assert.ok(row);
      const current = store.items.untold(store.items.current([row.id]), row);
      return current.map(({ item }) => item).filter((item) =>
        "node" in item && item.node === "arya"
      );
    };
    // The end of the death as it was decided, and as the merged message told it; then the new death.
    const ends = [recovered(ARYA, false), recovered(ARYA, true)];
    assert.deepEqual(currentOf("+491"), [...ends, AGAIN]);
    assert.deepEqual(currentOf("+492"), [ARYA, ...ends, AGAIN]);
  }
});

Deno.test("what an earlier version wrote in this boot is dated anew with the wall clock", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  writeOld(path);
  using store = new Store(path);
  const before = tell(store);
  const reading = { bootId: "boot", upMs: 7 * MINUTE_MS, wallMs: 7 * MINUTE_MS + STEP_MS };
  store.transaction(() => store.wallClock.step(STEP_MS, reading));
  const move = (atMs: number) => atMs + STEP_MS;
  assert.deepEqual(
    tell(store),
    before.map((one) => ({
      ...one,
      atMs: move(one.atMs),
      notices: one.notices.map((item) => movedItem(item, move)),
    })),
  );
});
