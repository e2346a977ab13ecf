/** Faults of a Pi's own cable: segments that get lost, and silence. */

import assert from "node:assert/strict";
import { down, upAgain } from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Stage } from "../../support/faults/fault_stage.ts";
import type { Loss, Machine } from "../../support/network/network.ts";
import { pass } from "../../support/time/pass.ts";

/** A Pi with a cable of its own. */
async function remotePi(stage: Stage): Promise<Machine> {
  const machine = await stage.machine();
  await stage.agent("John Snow", { machine });
  return machine;
}

async function loseFor(machine: Machine, loss: Loss, forMs: number): Promise<void> {
  await machine.lose(loss);
  await pass(forMs);
  const lost = await machine.repair();
  assert.ok(lost > 0, "no segment was lost");
}

async function cutFor(machine: Machine, forMs: number): Promise<void> {
  await machine.cut();
  await pass(forMs);
  await machine.mend();
}

/** TCP's ladder may take a dozen seconds to get through: these rows wait as the defaults do. */
function lossRow(percent: number, deaths: FaultRow["deaths"]): FaultRow {
  return {
    fault: `${percent} % of a Pi's segments are lost for 30 s`,
    hub: { alerts: { hold: "15s" } },
    lastsMs: 55_000,
    told: [],
    deaths,
    play: async (stage) => {
      await loseFor(await remotePi(stage), { of: "all", percent }, 30_000);
    },
  };
}

function partitionRow(fault: string, of: Loss["of"]): FaultRow {
  return {
    fault,
    lastsMs: 60_000,
    told: [down("John Snow"), upAgain("John Snow", [19, 30])],
    deaths: ["John Snow"],
    async play(stage) {
      await loseFor(await remotePi(stage), { of, percent: 100 }, 20_000);
    },
  };
}

function cutRow(seconds: number): FaultRow {
  return {
    fault: `a Pi's cable is out for ${seconds} s`,
    lastsMs: 1000 * seconds + 30_000,
    told: [down("John Snow"), upAgain("John Snow", [seconds - 1, seconds + 10])],
    deaths: ["John Snow"],
    async play(stage) {
      await cutFor(await remotePi(stage), 1000 * seconds);
    },
  };
}

export const CABLE_ROWS: readonly FaultRow[] = [
  lossRow(5, []),
  lossRow(20, undefined),
  lossRow(40, undefined),
  { ...partitionRow("nothing that a Pi sends arrives for 20 s", "outgoing"), inEveryRun: true },
  partitionRow("nothing reaches a Pi for 20 s, its acknowledgements are lost", "incoming"),
  {
    ...cutRow(2),
    told: [],
    deaths: [],
    play: async (stage) => {
      await cutFor(await remotePi(stage), 2000);
    },
  },
  { ...cutRow(20), inEveryRun: true },
  cutRow(100),
];
