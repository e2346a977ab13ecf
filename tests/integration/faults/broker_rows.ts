/** Faults of the broker, and of the way to it: nobody may be blamed for what the hub cannot see. */

import assert from "node:assert/strict";
import { blind, down, seesAgain } from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Loss } from "../../support/network/network.ts";
import { pass } from "../../support/time/pass.ts";

/** How long the hub may be blind before people are told of it: the rows' `blind_after` is 10 s. */
const SHORT_MS = 8000;
const LONG_MS = 30_000;

function restartRow(signal: "SIGTERM" | "SIGKILL", fault: string): FaultRow {
  return {
    fault,
    hub: { alerts: { blind_after: "60s" } },
    lastsMs: 30_000,
    told: [],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.mosquitto.stop(signal);
      await pass(10_000);
      await stage.mosquitto.start();
    },
  };
}

function partitionRow(fault: string, of: Loss["of"]): FaultRow {
  return {
    fault,
    broker: "remote",
    lastsMs: LONG_MS + 20_000,
    told: [blind(), seesAgain([22, 40])],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.brokerMachine.lose({ of, percent: 100 });
      await pass(LONG_MS);
      assert.ok(await stage.brokerMachine.repair() > 0, "no segment was lost");
    },
  };
}

export const BROKER_ROWS: readonly FaultRow[] = [
  restartRow("SIGTERM", "the broker is stopped, tells every last will, and is back after 10 s"),
  { ...restartRow("SIGKILL", "the broker is killed, and is back after 10 s"), inEveryRun: true },
  {
    fault: "the broker is away for 30 s",
    lastsMs: 50_000,
    told: [blind(), seesAgain([22, 40])],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.mosquitto.stop();
      await pass(LONG_MS);
      await stage.mosquitto.start();
    },
  },
  {
    fault: "a Pi dies while the broker is away for 30 s",
    inEveryRun: true,
    lastsMs: 70_000,
    told: [blind(), seesAgain([22, 40]), down("John Snow", [30, 60])],
    deaths: ["John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const agent = await stage.agent("John Snow");
      await stage.mosquitto.stop();
      await agent.kill();
      await pass(LONG_MS);
      await stage.mosquitto.start();
    },
  },
  {
    fault: "the broker's cable is out for 8 s",
    broker: "remote",
    lastsMs: 25_000,
    told: [],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.brokerMachine.cut();
      await pass(SHORT_MS);
      await stage.brokerMachine.mend();
    },
  },
  {
    fault: "the broker's cable is out for 30 s",
    inEveryRun: true,
    broker: "remote",
    lastsMs: LONG_MS + 20_000,
    told: [blind(), seesAgain([22, 40])],
    deaths: [],
    async play(stage) {
      await stage.agent("John Snow");
      await stage.brokerMachine.cut();
      await pass(LONG_MS);
      await stage.brokerMachine.mend();
    },
  },
  partitionRow("nothing reaches the broker for 30 s", "incoming"),
  partitionRow("nothing that the broker sends arrives for 30 s", "outgoing"),
];
