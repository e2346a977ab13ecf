/** Faults of programs that stand still for a while: SIGSTOP, as a stalled machine looks from outside. */

import assert from "node:assert/strict";
import { blind, down, seesAgain, upAgain } from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import { deathsIn } from "../../support/program/cluster.ts";
import { pass } from "../../support/time/pass.ts";

interface Freezable {
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

async function freeze(program: Freezable, forMs: number): Promise<void> {
  program.signal("SIGSTOP");
  try {
    await pass(forMs);
  } finally {
    program.signal("SIGCONT");
  }
}

function frozenHubRow(seconds: number, broker: "Mosquitto" | "embedded"): FaultRow {
  const what = broker === "embedded" ? "the hub with its broker stands" : "the hub stands";
  return {
    fault: `${what} still for ${seconds} s`,
    broker,
    lastsMs: 1000 * seconds + 15_000,
    told: [],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await freeze(stage.hub.process, 1000 * seconds);
    },
  };
}

export const FROZEN_ROWS: readonly FaultRow[] = [
  {
    fault: "an agent stands still for 5 s",
    lastsMs: 20_000,
    told: [],
    // Its heartbeats are 5 to 6 s apart, and 5 s are a death: it hangs on the instant.
    deaths: undefined,
    async play(stage) {
      const agent = await stage.agent("John Snow");
      await freeze(agent.process, 5000);
    },
  },
  {
    fault: "an agent stands still for 60 s",
    lastsMs: 80_000,
    told: [down("John Snow"), upAgain("John Snow", [59, 65])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      await freeze(agent.process, 60_000);
    },
  },
  { ...frozenHubRow(5, "Mosquitto"), inEveryRun: true },
  frozenHubRow(60, "Mosquitto"),
  frozenHubRow(5, "embedded"),
  frozenHubRow(60, "embedded"),
  {
    fault: "a Pi dies while the hub stands still for 20 s",
    inEveryRun: true,
    lastsMs: 50_000,
    told: [down("John Snow", [15, 45])],
    deaths: ["John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const agent = await stage.agent("John Snow");
      const frozen = freeze(stage.hub.process, 20_000);
      await agent.kill();
      await frozen;
    },
  },
  {
    fault: "the broker stands still for 5 s",
    lastsMs: 20_000,
    told: [],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await freeze(stage.mosquitto, 5000);
    },
  },
  {
    fault: "the broker stands still for 60 s",
    lastsMs: 80_000,
    told: [blind(), seesAgain([52, 70])],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await freeze(stage.mosquitto, 60_000);
    },
  },
  {
    fault: "a tracker stands still for 60 s",
    lastsMs: 85_000,
    told: [down("Bran")],
    deaths: ["Bran"],
    async play(stage) {
      const tracker = await stage.tracker("Arya");
      await stage.agent("John Snow");
      await tracker.process.line("node=john-snow from=unknown to=up");
      await freeze(tracker.process, 60_000);
      // Its own standstill is nobody's death, and the next death is one again.
      const dying = await stage.agent("Bran");
      await tracker.process.line("node=bran from=unknown to=up");
      await dying.kill();
      await tracker.process.line("a node died node=bran");
      assert.equal(deathsIn(tracker).length, 1, deathsIn(tracker).join("\n"));
    },
  },
];
