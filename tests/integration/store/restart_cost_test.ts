/** What a hub does before it sees grows with its nodes and no faster, so that 20,000 of them are no wait. */

import assert from "node:assert/strict";
import process from "node:process";
import { newMonitor } from "../../../hub/new_monitor.ts";
import { RestoredState } from "../../../hub/history/restore.ts";
import { WallClock } from "../../../hub/host/wall_clock.ts";
import { knownNodes } from "../../../hub/known_nodes.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Store } from "../../../hub/store/store.ts";
import { decodeConfig } from "../../../core/config/config.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { writeLargeHistory } from "../../support/store/large_history.ts";
import { bootOf, HandClock } from "../../support/time/hand_clock.ts";

const FEW = 2000;
const MANY = 20_000;
/** Ten times as many nodes take ten times as long, or a hundred times where all look at all. */
const FACTOR_MAX = 40;
const TRIALS = 3;

/** Starts a hub up to its connection; returns the ms of CPU that it takes. */
function start(path: string, nodes: number): number {
  const clock = new HandClock();
  const before = process.cpuUsage();
  {
    using store = new Store(path);
    using wallClock = new WallClock({ clock, boot: bootOf(clock, crypto.randomUUID()), store });
    const restored = new RestoredState(store, wallClock, []);
    const known = knownNodes(restored.nodes(), [], store.names.all());
    const projection = new Projection(wallClock);
    for (const node of known) projection.update(node);
    const decoded = decodeConfig([], { hostname: "hub" }, []);
    assert.ok(decoded.ok);
    const { config } = decoded;
    const options = { config, brokers: 1, bootId: "boot", routes: [], wasEndedInOrder: true };
    const { initial } = newMonitor({ ...options, restored, known, clock: wallClock });
    assert.equal(initial.cluster.nodes.size, nodes);
    assert.equal(projection.nodes().length, nodes);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

Deno.test("a start takes as much longer as there are more nodes", () => {
  using folder = new TemporaryFolder();
  const least = [FEW, MANY].map((nodes) => {
    const path = folder.file(`${nodes}.db`);
    const nowMs = new HandClock().wallMs(0);
    writeLargeHistory({ path, nodes, outages: 1, incidents: nodes / 10, nowMs });
    const took = Array.from({ length: TRIALS }, () => start(path, nodes));
    return Math.min(...took);
  });
  const [few = 0, many = 0] = least;
  assert.ok(many < FACTOR_MAX * few, `${FEW}: ${few} ms, ${MANY}: ${many} ms`);
});
