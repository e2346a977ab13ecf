/** Two real brokers: any one of them may be killed, frozen or cut off, and nothing is told but the truth. */

import assert from "node:assert/strict";
import { summaryOf, WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { alarmsOn, TwoBrokers, untilLost, untilSeen } from "../../support/broker/two_brokers.ts";
import { freePort } from "../../support/network/free_port.ts";
import { networkHindrance, TestNetwork } from "../../support/network/network.ts";
import { ROOT } from "../../support/program/cluster.ts";
import type { TestProgram } from "../../support/program/programs.ts";
import { isSoak } from "../../support/program/tier.ts";
import { pass } from "../../support/time/pass.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: WITHIN_MS };
/** Longer than any deadline of a node that has just lost a broker. */
const LONG_MS = 8000;
/** Longer than an agent or observer keeps a connection without an answer. */
const KEEPALIVE_MS = 17_000;

interface Scene {
  readonly brokers: TwoBrokers;
  readonly arya: TestProgram;
  readonly tracker: TestProgram;
}

/** Two agents and a tracker; `arya` is the one that dies in the end. */
async function scene(brokers: TwoBrokers): Promise<Scene> {
  const [arya] = await Promise.all([brokers.agent("arya"), brokers.agent("bran")]);
  const tracker = await brokers.tracker("sansa");
  for (const node of ["arya", "bran"]) {
    await tracker.process.line(`node=${node} from=unknown to=up`, PATIENCE);
  }
  return { brokers, arya, tracker };
}

/** Nobody was said to be late or down, and nobody was told anything. */
function assertCalm({ brokers, tracker }: Scene): void {
  for (const program of [brokers.hub, tracker]) {
    for (const node of ["arya", "bran"]) assert.deepEqual(alarmsOn(program, node), [], node);
    const blind = program.process.lines.filter((line) => line.includes(" blind: "));
    assert.deepEqual(blind, []);
  }
  assert.deepEqual(brokers.told, []);
}

/** A death is found by hub and tracker, and told once. */
async function assertDeathTold({ brokers, arya, tracker }: Scene): Promise<void> {
  await arya.kill();
  await tracker.process.line("node=arya from=late to=down", PATIENCE);
  await until("the message", () => brokers.told.length > 0, PATIENCE);
  assert.deepEqual(brokers.told.map(summaryOf), ["arya is down"]);
  assert.deepEqual(alarmsOn(brokers.hub, "bran"), []);
}

/** One broker is killed, and later is back; then a Pi dies. */
async function killRow(which: "first" | "second", signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  await using brokers = await TwoBrokers.start();
  const all = await scene(brokers);
  const broker = brokers[which];
  await broker.stop(signal);
  const from = await untilLost(all.tracker, broker);
  const hubFrom = await untilLost(brokers.hub, broker);
  await pass(LONG_MS);
  assertCalm(all);
  const status = await brokers.hub.api<{ brokers: { broker: string; sees: boolean }[] }>(
    "/api/v1/status",
  );
  assert.deepEqual(status.brokers.map(({ sees }) => sees), [
    which !== "first",
    which !== "second",
  ]);
  const name = `${broker.address}:${broker.port}`;
  assert.match((await brokers.hub.run("status")).text, new RegExp(`through broker ${name} since `));
  assert.match(
    (await brokers.hub.run("doctor")).text,
    new RegExp(`^warning +broker +.*${name}`, "m"),
  );
  await broker.start();
  await untilSeen(all.tracker, broker, from);
  await untilSeen(brokers.hub, broker, hubFrom);
  await pass(LONG_MS);
  assertCalm(all);
  await assertDeathTold(all);
}

/** A Pi dies while one broker is away. */
async function deathMeanwhileRow(): Promise<void> {
  await using brokers = await TwoBrokers.start();
  const all = await scene(brokers);
  await brokers.first.stop("SIGKILL");
  await untilLost(all.tracker, brokers.first);
  await assertDeathTold(all);
  // A button's press is heard by the other one.
  await all.tracker.process.line("buzzer sounds", PATIENCE);
  await using button = await TestClient.connect({ port: brokers.second.port });
  const silenced_until = new Date(Date.now() + 3_600_000).toISOString();
  const from = all.tracker.process.lines.length;
  const payload = JSON.stringify({ node: "bran", silenced_until });
  await button.publish(`${ROOT}/alarm`, payload, { qos: 1, retain: true });
  await all.tracker.process.line("LED blinks once a second: a Pi is down", { from, ...PATIENCE });
}

/** Whether a Pi lives that only knows the broker that is away is not known, and that is told. */
async function unseenRow(): Promise<void> {
  await using brokers = await TwoBrokers.start({ more: { alerts: { blind_after: "2s" } } });
  await brokers.agent("bran");
  const arya = await brokers.nodesOfFirst().start("Arya");
  await brokers.hub.waitForLiveness(arya, "alive");
  await brokers.first.stop("SIGKILL");
  await until("the message", () => brokers.told.length > 0, PATIENCE);
  await pass(LONG_MS);
  assert.equal(brokers.told.length, 1);
  assert.match(brokers.told[0] ?? "", /^Some Pis have known no other broker than one that is away/);
  for (const node of ["arya", "bran"]) assert.deepEqual(alarmsOn(brokers.hub, node), []);
}

async function frozenRow(lastsMs: number): Promise<void> {
  await using brokers = await TwoBrokers.start();
  const all = await scene(brokers);
  Deno.kill(brokers.second.pid, "SIGSTOP");
  const from = await untilLost(all.tracker, brokers.second);
  await pass(lastsMs);
  Deno.kill(brokers.second.pid, "SIGCONT");
  await untilSeen(all.tracker, brokers.second, from);
  await pass(LONG_MS);
  assertCalm(all);
  await assertDeathTold(all);
}

/** Only when both are away hub and tracker are blind; nobody is said to be dead. */
async function bothRow(): Promise<void> {
  await using brokers = await TwoBrokers.start();
  const all = await scene(brokers);
  await brokers.first.stop("SIGKILL");
  await untilLost(all.tracker, brokers.first);
  await brokers.second.stop("SIGKILL");
  await all.tracker.process.line("blind: no verdicts", PATIENCE);
  await pass(LONG_MS);
  await Promise.all([brokers.first.start(), brokers.second.start()]);
  await until("the hub to see", async () => {
    const answer = await brokers.hub.fetch("/readyz");
    await answer.body?.cancel();
    return answer.ok;
  }, PATIENCE);
  await pass(LONG_MS);
  for (const node of ["arya", "bran"]) {
    assert.deepEqual(alarmsOn(brokers.hub, node), []);
    assert.deepEqual(alarmsOn(all.tracker, node), []);
  }
  assert.deepEqual(brokers.told, []);
  await assertDeathTold(all);
}

async function flappingRow(): Promise<void> {
  await using brokers = await TwoBrokers.start();
  const all = await scene(brokers);
  for (let count = 0; count < 5; count++) {
    await brokers.second.stop(count % 2 === 0 ? "SIGKILL" : "SIGTERM");
    await pass(1500);
    await brokers.second.start();
    await pass(1500);
  }
  assertCalm(all);
  await assertDeathTold(all);
}

async function cableRow(): Promise<void> {
  await using network = await TestNetwork.open();
  const machine = await network.addMachine();
  const port = freePort();
  const second = await Mosquitto.start({
    port,
    address: machine.address,
    through: machine.through,
    config: () => `listener ${port} 0.0.0.0\nallow_anonymous true\n`,
  });
  await using brokers = await TwoBrokers.start({ second });
  const all = await scene(brokers);
  await machine.cut();
  const from = await untilLost(all.tracker, second);
  await pass(LONG_MS);
  assertCalm(all);
  await machine.mend();
  await untilSeen(all.tracker, second, from);
  await pass(LONG_MS);
  assertCalm(all);
  await assertDeathTold(all);
}

testTogether("one of two brokers fails, and nothing is told but the death of a Pi", {
  "it is killed at once": () => killRow("second", "SIGKILL"),
  "it is frozen for a while": () => frozenRow(LONG_MS),
  "a Pi dies meanwhile": deathMeanwhileRow,
  "a Pi that knows no other broker is not seen": unseenRow,
});

testTogether("the cable of one of two brokers", { "is pulled, and put in again": cableRow }, {
  ignore: networkHindrance() !== undefined,
});

/** The same in other ways, which take longer. */
const SLOW_ROWS: Readonly<Record<string, () => Promise<void>>> = {
  "one ends in order, and tells every last will": () => killRow("first", "SIGTERM"),
  "one is frozen for longer than its connections last": () => frozenRow(KEEPALIVE_MS),
  "one comes and goes": flappingRow,
  "both are gone for a while": bothRow,
};

if (isSoak) testTogether("two brokers fail in other ways", SLOW_ROWS);
