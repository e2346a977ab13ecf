/**
 * A stolen credential floods the compiled hub on 30 connections: the hub stays small and still
 * reports a death.
 */

import assert from "node:assert/strict";
import { BrokerFlood, FLOODS } from "../../support/broker/broker_flood.ts";
import { type Hub, startAgent, startHub, withSections } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

/** The minimum duration of a flood. */
const FLOOD_S = 15;
/** For a machine that is busy with other tests. */
const PATIENT = { withinMs: 90_000 };
/** Without a flood the hub's peak is about 120 MB. */
const MEMORY_MAX = 200e6;

async function startCompiledHub(): Promise<Hub> {
  return await startHub(
    { alerts: { hold: "1s", group: "0s" }, sms: { provider: "print", to: "+4915112345678" } },
    { compiled: true },
  );
}

async function agentOf(hub: Hub, id: string) {
  const port = { mqtt: { url: `mqtt://127.0.0.1:${hub.brokerPort}` } };
  return await startAgent(withSections(await hub.enrol(id, id), port));
}

/** Returns the peak memory of the process. */
function memoryPeak({ process: { pid } }: Hub): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

for (const kind of FLOODS) {
  Deno.test(`hub stays small and tells a death while one credential floods it: ${kind}`, async () => {
    await using hub = await startCompiledHub();
    await using arya = await agentOf(hub, "arya");
    await using _bran = await agentOf(hub, "bran");
    await hub.waitForLiveness("arya", "alive");
    await hub.waitForLiveness("bran", "alive");
    const user = "stolen";
    const password = hub.credential(user);
    const port = hub.brokerPort;
    const beganMs = performance.now();
    await using _flood = await BrokerFlood.start({ port, user, password, kind, seconds: 120 });
    await until("the flood to rage", () => performance.now() - beganMs > FLOOD_S * 500, PATIENT);
    await arya.kill();
    await hub.process.line(/\(printed, not sent\).*arya/, PATIENT);
    await until("the flood to last", () => performance.now() - beganMs > FLOOD_S * 1000, PATIENT);
    assert.ok(memoryPeak(hub) < MEMORY_MAX, `${memoryPeak(hub)} bytes`);
    assert.equal((await hub.nodes()).find(({ id }) => id === "bran")?.liveness, "alive");
    const deaths = hub.process.lines.filter((line) => line.includes("a node died"));
    assert.deepEqual(deaths.filter((line) => !/node=(arya|stolen)/.test(line)), []);
    assert.equal(hub.process.hasEnded, false);
  });
}
