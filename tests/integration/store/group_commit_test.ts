/** Simultaneous events are written together, and before anybody sees them. */

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Opened } from "../../../core/alerting/policy/output.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { Store } from "../../../hub/store/store.ts";
import { BOOT_ID } from "../../support/nodes/pretend_node.ts";
import { MOSQUITTO, ROOT } from "../../support/program/cluster.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { Journal } from "../../support/store/journal.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const PATIENCE = { withinMs: 60_000 };
const NODES = 300;
/** There is no network between them and the hub. */
const PACE = { every_ms: 1000, reconnect_ms: 0, boot_id: BOOT_ID };
const VERDICTS = `${ROOT}/hub/verdicts/`;

Deno.test("300 Pis that come at once, and die at once, are few transactions, each before its verdict", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const listener = await cluster.listener();
  const path = `${hub.statePath}/hub.db`;
  const journal = new Journal(path);
  using file = new DatabaseSync(path, { readOnly: true });
  const written = file.prepare("SELECT 1 FROM transitions WHERE node = ? AND to_liveness = ?");
  const told = { alive: new Set<string>(), dead: new Set<string>() };
  const early: string[] = [];
  let read = 0;
  /** Reads the new notifications, and whether they are on disk. */
  const look = () => {
    journal.look();
    for (const { topic, payload } of listener.messages.slice(read)) {
      read++;
      if (!topic.startsWith(VERDICTS)) continue;
      const node = topic.slice(VERDICTS.length);
      const { liveness } = JSON.parse(payload);
      if (liveness === "alive") told.alive.add(node);
      if (liveness === "dead") told.dead.add(node);
      if (written.get(node, liveness) === undefined) early.push(`${node} ${liveness}`);
    }
  };
  const untilTold = (liveness: "alive" | "dead") =>
    hub.process.until(`all to be ${liveness}`, () => {
      look();
      return told[liveness].size === NODES;
    }, PATIENCE);
  const nodes = await cluster.client("nodes");
  hub.process.signal("SIGSTOP");
  for (let id = 0; id < NODES; id++) {
    const birth = { kind: "birth", session: `s-${id}`, ...PACE };
    nodes.send(`${ROOT}/nodes/pi-${id}/status`, JSON.stringify(birth));
  }
  // The broker has all of them, so that they are ready when the hub continues.
  await nodes.publish(`${ROOT}/nodes/pi-0/else`, "", { qos: 1 });
  hub.process.signal("SIGCONT");
  await untilTold("alive");
  const births = journal.look();
  assert.ok(births > 0 && births < NODES / 5, `${births} transactions for births`);
  await untilTold("dead");
  const deaths = journal.look() - births;
  assert.ok(deaths > 0 && deaths < NODES / 5, `${deaths} transactions for deaths`);
  assert.deepEqual(early, []);
});

Deno.test("what cannot be written costs the steps beside it nothing", () => {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const recorder = new Recorder(store, recipientsOf([]), new HandClock());
  const steps = ["arya", "robb", "bran"].map((node) => ({ outputs: [death(node)] }));
  assert.throws(() => recorder.record(steps, newCluster([])), /NOT NULL/);
  assert.deepEqual(store.incidents.newest(9).map(({ node }) => node), ["bran", "arya"]);
});

Deno.test("a Pi that is late and back for an hour is written once a minute, and its death at once", () => {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  using store = new Store(path);
  const clock = new HandClock();
  const recorder = new Recorder(store, recipientsOf([]), clock);
  const journal = new Journal(path);
  const change = (from: Liveness, to: Liveness, node = "robb") => {
    const about = { node, reason: "silence", atMs: clock.nowMs(), lastHeardMs: 0 } as const;
    recorder.record([{ outputs: [{ kind: "transition", from, to, ...about }] }], newCluster([]));
  };
  const rows = () => store.transitions.newest("robb", 10_000).length;
  for (let second = 0; second < 3600; second += 3) {
    clock.moveTo(second * 1000);
    change("alive", "suspect");
    clock.moveTo(second * 1000 + 1500);
    change("suspect", "alive");
    journal.look();
  }
  const commits = journal.look();
  assert.ok(commits <= 30 + 60, `${commits} transactions`);
  store.transaction(() => recorder.saveNodes([]));
  assert.equal(rows(), 2400);
  change("alive", "suspect");
  change("alive", "suspect", "arya");
  assert.equal(store.transitions.newest("arya", 1).length, 1);
  change("suspect", "alive");
  change("suspect", "dead");
  assert.equal(rows(), 2403);
});

let ids = 0;

/** The opening of `robb` has an instant that cannot be stored. */
function death(node: string): Opened {
  return {
    kind: "opened",
    id: ++ids,
    subject: { kind: "node", node },
    name: node,
    cause: "silence",
    startedAtMs: node === "robb" ? NaN : 0,
    lastHeardMs: undefined,
    changes: 0,
  };
}
