/** Faults of the hub's own network, and of machines on it: who is out of whose sight? */

import {
  agentSilent,
  allUpAgain,
  hubPluggedIn,
  hubUnplugged,
  mostDown,
  upAgain,
} from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Stage } from "../../support/faults/fault_stage.ts";
import type { Machine } from "../../support/network/network.ts";
import { bindMounts } from "../../support/program/bind_mount.ts";
import type { TestProgram } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { losePower } from "../../support/nodes/failing_pi.ts";
import { pass } from "../../support/time/pass.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
const THREE = ["Arya", "Jon", "Sansa"];
/** Shorter than the rows' `blind_after`, and longer than any node may be silent. */
const SHORT_MS = 8000;
const LONG_MS = 40_000;
const AGENT_FROZEN_MS = 20_000;

/** A Pi on a machine of its own, which booted by itself: it is no part of the hub's machine. */
async function remotePi(
  stage: Stage,
  name: string,
): Promise<{ readonly machine: Machine; readonly agent: TestProgram }> {
  const folder = stage.use(new TemporaryFolder());
  const bootId = folder.write("boot_id", `${crypto.randomUUID()}\n`);
  const machine = await stage.machine();
  const agent = await stage.agent(name, { machine, through: bindMounts({ [BOOT_ID]: bootId }) });
  return { machine, agent };
}

async function unplugFor(stage: Stage, ms: number): Promise<void> {
  for (const name of THREE) await remotePi(stage, name);
  await stage.network.unplug();
  await pass(ms);
  await stage.network.plugIn();
}

function unpluggedRow(broker: NonNullable<FaultRow["broker"]>): FaultRow {
  return {
    fault: "the hub's own cable is out for 40 s, the broker is beside it",
    broker,
    lastsMs: LONG_MS + 30_000,
    told: [hubUnplugged(), hubPluggedIn([35, 70])],
    deaths: [],
    play: (stage) => unplugFor(stage, LONG_MS),
  };
}

export const NETWORK_ROWS: readonly FaultRow[] = [
  { ...unpluggedRow("embedded"), inEveryRun: true },
  unpluggedRow("Mosquitto"),
  {
    fault: "the hub's own cable is out for 8 s, the broker is beside it",
    lastsMs: SHORT_MS + 30_000,
    // TCP may take longer than the cable was out.
    hub: { alerts: { blind_after: "60s" } },
    told: [],
    deaths: [],
    play: (stage) => unplugFor(stage, SHORT_MS),
  },
  {
    fault: "all Pis but the hub's own lose power at once for 20 s",
    inEveryRun: true,
    lastsMs: 60_000,
    // Their last heartbeats are up to a second apart, and a busy machine takes its time to cut them off.
    hub: { alerts: { group: "4s" } },
    told: [mostDown(1 + THREE.length, ...THREE), allUpAgain([19, 40], ...THREE)],
    // They stand in the order of their last heartbeats.
    deaths: undefined,
    async play(stage) {
      await stage.agent("Bran");
      const pis = [];
      for (const name of THREE) pis.push(await remotePi(stage, name));
      await Promise.all(pis.map(({ machine, agent }) => losePower(machine, agent)));
      await pass(20_000);
      await Promise.all(pis.map(async ({ machine, agent }) => {
        await machine.mend();
        await agent.start();
      }));
    },
  },
  {
    fault: "an agent hangs for 20 s on a machine that answers",
    inEveryRun: true,
    lastsMs: AGENT_FROZEN_MS + 30_000,
    told: [agentSilent("Arya"), upAgain("Arya", [17, 40])],
    deaths: ["Arya"],
    async play(stage) {
      const { agent } = await remotePi(stage, "Arya");
      await remotePi(stage, "Sansa");
      agent.process.signal("SIGSTOP");
      await pass(AGENT_FROZEN_MS);
      agent.process.signal("SIGCONT");
    },
  },
];
