/** The tests of agent and tracker on Node.js: those of their own, and a second run of others. */

import { type Need, program } from "./debian_packages.ts";
import { CLUSTER, MINUTE_MS, type TestKind, WAITING } from "./sets.ts";

const OWN = "tests/node";
/** Programs for ARM on a machine that emulates one. */
const EMULATED = ["armhf", "armel"].map((name) => `${OWN}/${name}_test.ts`);
/** What happens to a whole cluster. */
const MATRIX = "tests/integration/faults/matrix_test.ts";

/** Every run plays these on Node.js, too. */
const IN_EVERY_RUN: readonly string[] = inIntegration([
  "agent/agent_doctor",
  "agent/watchdog",
  "broker/tls",
  "tls/pinning",
  "tracker/tracker",
]);

/** The soak plays these, too: whatever starts agents or trackers from their sources. */
const IN_SOAK: readonly string[] = inIntegration([
  "agent/agent_end",
  "agent/agent_machine",
  "agent/agent_storage",
  "agent/agent",
  "agent/cloned_card",
  "agent/frozen",
  "agent/living_dead",
  "agent/names",
  "agent/power_cut",
  "agent/ways",
  "broker/broker_knocks",
  "broker/broker_restart",
  "broker/client_ids",
  "broker/dynamic_security",
  "hub/clock_step",
  "hub/hostile_input",
  "hub/hub_nodes",
  "hub/hub_restart",
  "hub/plain_words",
  "hub/storm",
  "program/command_line",
  "program/doctor",
  "program/quiet_log",
  "public/own_tls",
  "public/public_broker",
  "tls/clock",
  "tls/hanging_handshakes",
  "tls/hub_tls",
  "tls/plain_access",
  "tls/renewal",
  "tracker/alarm_alone",
  "tracker/detection",
  "tracker/own_network",
  "tracker/silence",
  "tracker/watch_hub",
  "two_brokers/embedded_and_mosquitto",
  "two_brokers/tls_brokers",
  "two_brokers/two_brokers",
  "two_brokers/two_hubs",
]);

/** The files that run a second time, on Node.js. */
export const ON_NODE: readonly string[] = [...IN_EVERY_RUN, ...IN_SOAK, MATRIX];

/** `needs` are those of the tests that run a second time. */
export function onNode(needs: readonly Need[]): TestKind {
  const again = { runtime: "node", ...WAITING } as const;
  return {
    name: "node",
    runs: [
      { paths: [OWN], except: EMULATED, ...WAITING },
      { paths: IN_EVERY_RUN, ...again },
    ],
    soak: [
      { paths: EMULATED, ...WAITING, cores: 1, timeoutMs: 60 * MINUTE_MS },
      { paths: IN_SOAK, ...again, timeoutMs: 30 * MINUTE_MS },
      { paths: [MATRIX], runtime: "node", ...CLUSTER, timeoutMs: 60 * MINUTE_MS },
    ],
    needs: [...needs, program("nodejs", "node"), program("perl-base", "perl")],
    usesExecutables: true,
    usesBundles: true,
  };
}

function inIntegration(names: readonly string[]): readonly string[] {
  return names.map((name) => `tests/integration/${name}_test.ts`);
}
