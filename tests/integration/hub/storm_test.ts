/** One node publishes more than all others together: only this node suffers. */

import assert from "node:assert/strict";
import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import { type Storm, StormingNode } from "../../support/limits/storming_node.ts";
import type { TestCluster } from "../../support/program/cluster.ts";
import type { Hub, TestProgram } from "../../support/program/programs.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: 60_000 };
/**
 * The minimum duration of the storm, the limit of what the hub may write in so long a time, and of
 * what it may log.
 */
const STORM_MS = 15_000;
const WRITTEN_MAX = 5_000_000;
const LINES_MAX = 100;
/** The limit of messages about the storm's own node. */
const MESSAGES_MAX = 4;

/** Returns the bytes that a process has written to the disk. */
function writtenBytes({ process: { pid } }: TestProgram): number {
  const [, bytes] = /^write_bytes: (\d+)$/m.exec(Deno.readTextFileSync(`/proc/${pid}/io`)) ?? [];
  return Number(bytes);
}

async function about(hub: Hub, name: string): Promise<readonly DeliveryView[]> {
  return (await hub.deliveries()).filter(({ text }) => text.includes(name));
}

/** Returns the login of this node's storm, and the port. */
function sideOf(cluster: TestCluster, id: string): Pick<Storm, "port" | "id" | "login"> {
  const { username, password } = cluster.configOf(id)["mqtt"] ?? {};
  const isOpen = username === undefined || password === undefined;
  const login = isOpen ? {} : { username: String(username), password: String(password) };
  return { port: cluster.port, id, login };
}

/** Asserts that the program logged little since that line, and declared only the dead node dead. */
function assertCalm({ process }: TestProgram, from = 0): void {
  const said = process.lines.slice(from);
  assert.ok(said.length < LINES_MAX, said.join("\n"));
  const deaths = said.filter((line) => line.includes("a node died"));
  assert.deepEqual(deaths.filter((line) => !line.includes("node=arya")), []);
}

/** Waits until the hub names the node in its log and its metrics. */
async function untilNamed(hub: Hub): Promise<void> {
  await hub.process.line(/dropped or delayed messages.* addresses="?robb/, PATIENCE);
  const metrics = await hub.fetch("/metrics", {
    headers: { Authorization: `Bearer ${hub.password}` },
  });
  assert.match(await metrics.text(), /rpi_cluster_refused_total\{reason="rate"\} [1-9]/);
}

testWithBrokers(
  "while one node says births and farewells without end another's death is told",
  async (broker) => {
    await using cluster = await broker.start();
    const { hub } = cluster;
    const tracker = await cluster.tracker("sansa");
    const arya = await cluster.agent("arya", { name: "Arya Stark" });
    await cluster.agent("bran");
    const lines = [hub, tracker].map(({ process }) => process.lines.length);
    const writtenBefore = writtenBytes(hub);
    const beganMs = performance.now();
    await using storm = await StormingNode.start({
      ...sideOf(cluster, "robb"),
      kind: "status",
      perSecond: 150,
      connections: 1,
    });
    await untilNamed(hub);
    await arya.kill();
    await hub.process.until("the death to be told", async () => {
      return (await about(hub, "Arya Stark")).length > 0;
    }, PATIENCE);
    await tracker.process.line(/a node died node=arya/, PATIENCE);
    await tracker.process.line(/left out messages of nodes .*robb/, PATIENCE);
    await until("the storm to last", () => performance.now() - beganMs >= STORM_MS, PATIENCE);
    const times = (performance.now() - beganMs) / STORM_MS;
    const written = writtenBytes(hub) - writtenBefore;
    assert.ok(written < WRITTEN_MAX * times, `${written} bytes in ${times} times ${STORM_MS} ms`);
    for (const [index, program] of [hub, tracker].entries()) assertCalm(program, lines[index]);
    await storm.end();
    await until("the node's last word", async () => {
      const node = (await hub.nodes()).find(({ id }) => id === "robb");
      return node?.liveness === "left" && node.session === "the-last";
    }, PATIENCE);
    const messages = await about(hub, "Robb Stark");
    assert.ok(messages.length <= MESSAGES_MAX, messages.map(({ text }) => text).join("\n"));
  },
);

testWithBrokers(
  "while 30 connections of one node flood heartbeats another's death is told",
  async (broker) => {
    await using cluster = await broker.start();
    const { hub } = cluster;
    const arya = await cluster.agent("arya", { name: "Arya Stark" });
    await cluster.agent("bran");
    const from = hub.process.lines.length;
    await using _storm = await StormingNode.start({
      ...sideOf(cluster, "robb"),
      kind: "heartbeat",
      perSecond: 50,
      connections: 30,
    });
    await untilNamed(hub);
    await arya.kill();
    await hub.process.until("the death to be told", async () => {
      return (await about(hub, "Arya Stark")).length > 0;
    }, PATIENCE);
    assertCalm(hub, from);
    // The node is disconnected, because its last message would have to wait behind all that it has
    // sent.
  },
);
