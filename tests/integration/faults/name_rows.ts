/** Faults of the name servers by which Pis and hub find the broker. */

import { down } from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Stage } from "../../support/faults/fault_stage.ts";
import { NameServer, NameView } from "../../support/network/name_server.ts";
import { pass } from "../../support/time/pass.ts";

const NAME = "broker.rca-test.lan";
/** Longer than a death takes to be told. */
const WHILE_MS = 20_000;

/** A Pi that finds the broker by name, and its one name server, which answers so far. */
async function agentByName(stage: Stage, name: string) {
  const server = stage.use(await NameServer.start({ [NAME]: stage.brokerAddress }));
  const view = stage.use(new NameView({ servers: [server] }));
  const agent = await stage.agent(name, { through: view.through, brokerName: NAME });
  return { server, agent };
}

export const NAME_ROWS: readonly FaultRow[] = [
  {
    fault: "the name server falls silent, and the hub with its broker is started anew",
    broker: "embedded",
    lastsMs: 40_000,
    told: [],
    deaths: [],
    async play(stage) {
      const { server } = await agentByName(stage, "John Snow");
      server.mute();
      await stage.hub.stop();
      await stage.hub.start();
      await pass(WHILE_MS);
    },
  },
  {
    fault: "the name server falls silent, and the broker is killed and back after 3 s",
    lastsMs: 40_000,
    told: [],
    deaths: [],
    async play(stage) {
      const { server } = await agentByName(stage, "John Snow");
      server.mute();
      await stage.mosquitto.stop("SIGKILL");
      await pass(3000);
      await stage.mosquitto.start();
      await pass(WHILE_MS);
    },
  },
  {
    fault: "a Pi dies while the name server is silent",
    inEveryRun: true,
    lastsMs: 30_000,
    told: [down("John Snow")],
    deaths: ["John Snow"],
    async play(stage) {
      await stage.agent("Arya");
      const { server, agent } = await agentByName(stage, "John Snow");
      server.mute();
      await agent.kill();
    },
  },
];
