/**
 * The feed under load: at most ten messages a second, and no memory for viewers that do not read.
 */

import assert from "node:assert/strict";
import type { ClusterView } from "../../../core/api/feed.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { session } from "../../support/page/hub_http.ts";
import { SlowViewer } from "../../support/page/slow_viewer.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { MOSQUITTO, ROOT } from "../../support/program/cluster.ts";
import { startHub } from "../../support/program/programs.ts";

/** Together they make half a megabyte per message. */
const NODES = 80;
const SLOW = { withinMs: 180_000 };
const PACE_MS = 100;
/** A busy machine may stop the hub between the start of a message and the reading of its instant. */
const LATE_MAX = 10;
/** More than the system buffers for a connection that nobody reads: on a busy machine 21 MB. */
const KEPT_BYTES_MAX = 24_000_000;
const ENOUGH_LENGTH = 25_000_000;

function birth(session: string, facts: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ kind: "birth", session, every_ms: 60_000, ...facts });
}

Deno.test("a thousand changes are ten messages a second at most, and the last one counts", async () => {
  await using hub = await startHub();
  const login = { username: "pi-1", password: hub.credential("pi-1") };
  await using client = await TestClient.connect({ port: hub.brokerPort, ...login });
  await using watcher = new Watcher(hub, { Cookie: await session(hub) });
  await watcher.until("the snapshot", () => true);
  await client.publish(`${ROOT}/nodes/pi-1/status`, birth("a"), { qos: 1 });
  for (let count = 1; count <= 1000; count++) {
    const payload = JSON.stringify({ session: "a", cpu: { value: count / 10, level: "ok" } });
    await client.publish(`${ROOT}/nodes/pi-1/vitals`, payload, { qos: 1 });
  }
  await watcher.until("the last value", ({ nodes }) => nodes[0]?.vitals.cpu?.value === 100, SLOW);
  const instants = watcher.messages.slice(1).map(({ at }) => Date.parse(at));
  assert.ok(instants.length > 1);
  const tookMs = (instants.at(-1) ?? 0) - (instants[0] ?? 0);
  const mostIn = Math.ceil(tookMs / PACE_MS) + LATE_MAX;
  assert.ok(instants.length <= mostIn, `${instants.length} messages in ${tookMs} ms`);
});

Deno.test("a viewer that stops reading is sent a new snapshot in place of all that waited", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const client = await cluster.client("anybody");
  const cookie = await session(hub);
  using slow = await SlowViewer.open(hub, cookie);
  await using quick = new Watcher(hub, { Cookie: cookie });
  await quick.until("the snapshot", () => true);
  const facts = Object.fromEntries(
    Array.from({ length: 28 }, (_, index) => [`fact_${index}`, "x".repeat(250)]),
  );
  let round = 0;
  // In the first round the view has no nodes yet, or only some.
  const isLast = ({ nodes }: ClusterView) =>
    nodes.length === NODES && nodes.every(({ facts }) => facts.round === round);
  // Each message of the feed contains complete nodes, and a fast viewer receives all of them. A
  // broker drops what a hub cannot take, so each round gets enough time.
  while (quick.length < ENOUGH_LENGTH) {
    round++;
    // All at once: the hub hangs up on a viewer that answers no ping for 40 s.
    const payload = birth("a", { ...facts, round });
    await Promise.all(Array.from({ length: NODES }, (_, node) => {
      return client.publish(`${ROOT}/nodes/pi-${node}/status`, payload, { qos: 1 });
    }));
    await quick.until("the round", isLast, SLOW);
  }

  const sent = { snapshots: 0, last: 0 };
  while (sent.snapshots < 2) {
    const { message, view } = await slow.next();
    assert.ok(view, `a gap before ${message.seq}`);
    if (message.kind === "snapshot") sent.snapshots++;
    sent.last = message.seq;
  }
  assert.ok(slow.bytes < KEPT_BYTES_MAX, `${slow.bytes} bytes waited`);
  const first = await slow.next();
  assert.deepEqual([first.message.kind, first.message.seq], ["change", sent.last + 1]);
  let { view } = first;
  while (view && !isLast(view)) ({ view } = await slow.next());
  assert.ok(view, "the last round came in changes");
});
