/** Causes that earlier versions of the hub wrote as English sentences become codes, each once. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { AlertItem } from "../../../core/alerting/alert.ts";
import type { Cause } from "../../../core/alerting/cause.ts";
import type { IncidentKind } from "../../../core/api/incident_view.ts";
import { SCHEMA_STEPS } from "../../../hub/store/database/schema.ts";
import { incidentView } from "../../../hub/live/incident_view.ts";
import { Store } from "../../../hub/store/store.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** Steps of the schema before causes were codes. */
const STEPS_BEFORE = SCHEMA_STEPS.findIndex((step) => step.includes("'not_heard'"));

/** A kind, its name and the text of an earlier version; what the cause is now. */
const INCIDENTS: readonly (readonly [IncidentKind, string, string, Cause])[] = [
  ["node", "Arya", "silence", "silence"],
  ["node", "Bran", "not heard since the hub started", "not_heard"],
  ["node", "Sansa", "did not come back from a reboot", "not_back"],
  ["node", "Jon", "agent_silent", "agent_silent"],
  ["node", "Ned", "a meteor fell", { kind: "other", text: "a meteor fell" }],
  ["flapping", "Arya", "flapping", "flapping"],
  ["reboot", "Arya", "unexpected reboot", "unexpected_reboot"],
  ["broker", "broker", "it has no connection to the broker", "no_connection"],
  ["broker", "broker", "the broker does not answer", "no_echo"],
  ["broker", "broker", "it did not run for a while", "stalled"],
  ["broker", "broker", "it has just started", "starting"],
  ["network", "network", "no_link", "no_link"],
  ["vital", "Arya", "lost_write", "lost_write"],
  ["hub", "history_not_written", "full", "full"],
  ["uplink", "twilio", 'Twilio says "no" (500)', {
    kind: "provider",
    code: "other",
    why: 'Twilio says "no" (500)',
  }],
  ["common", "all 3 Pis at once", "all 3 Pis at once", { kind: "common", count: 3, of: 3 }],
  ["common", "12 of 20 Pis at once", "12 of 20 Pis at once", {
    kind: "common",
    count: 12,
    of: 20,
  }],
  ["common", "top of it", "3 of 5 Pis of top of it at once", {
    kind: "common",
    group: "top of it",
    count: 3,
    of: 5,
  }],
  ["common", "attic", "all 3 Pis of attic at once", {
    kind: "common",
    group: "attic",
    count: 3,
    of: 3,
  }],
];

/** What a message that waits told in an earlier version. */
const OLD_ITEMS = [
  { kind: "down", node: "bran", name: 'B "ran', cause: "not heard since the hub started" },
  { kind: "down", node: "arya", name: "did not come back from a reboot", cause: "silence" },
  { kind: "blind", sinceMs: 1.5, cause: "the broker does not answer" },
  { kind: "uplink_down", channel: "twilio", sinceMs: 2, cause: "no answer" },
  { kind: "recovered", node: "sansa", name: "Sansa", diedAtMs: 1, rebooted: false, wasTold: true },
];

Deno.test("causes of an earlier version become codes, and what has no code stays readable", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  {
    using old = new DatabaseSync(path);
    assert.ok(STEPS_BEFORE > 0);
    for (const step of SCHEMA_STEPS.slice(0, STEPS_BEFORE)) old.exec(step);
    old.exec(`PRAGMA user_version = ${STEPS_BEFORE}`);
    const add = old.prepare(
      `INSERT INTO incidents (kind, subject, node, name, cause, died_at_ms, recovered_at_ms)
       VALUES (?, ?, '', ?, ?, 1, 2)`,
    );
    for (const [kind, name, cause] of INCIDENTS) add.run(kind, kind, name, cause);
    const alert = { kind: "alert", route: "r", channel: "c", atMs: 7, notices: OLD_ITEMS };
    old.prepare(
      `INSERT INTO outbox (channel, recipient, text, created_at_ms, due_at_ms, alert)
       VALUES ('c', 'somebody', 'Bran is down.', 7, 7, ?)`,
    ).run(JSON.stringify(alert));
  }
  // A second opening changes nothing more.
  for (const _ of [1, 2]) {
    using store = new Store(path);
    const incidents = store.incidents.newest(100).toReversed();
    assert.deepEqual(incidents.map(({ cause }) => cause), INCIDENTS.map(([, , , cause]) => cause));
    // Whoever reads the API's English reads what he read before.
    assert.deepEqual(
      incidents.map(incidentView).map(({ name, cause }) => [name, cause]),
      INCIDENTS.map(([, name, cause]) => [name, cause]),
    );
    const [row] = store.outbox.next();
    const causes: readonly unknown[] = (row?.alert?.items ?? []).map(causeOf);
    assert.deepEqual(causes, [
      "not_heard",
      "silence",
      "no_echo",
      { kind: "provider", code: "other", why: "no answer" },
      undefined,
    ]);
    const { cause: _cause, ...rest } = OLD_ITEMS[1] ?? {};
    assert.deepEqual(row?.alert?.items[1], { ...rest, cause: "silence" });
    assert.deepEqual(row?.alert?.items[4], OLD_ITEMS[4]);
  }
});

function causeOf(item: AlertItem): Cause | undefined {
  return "cause" in item ? item.cause : undefined;
}
