/** A hub with its own broker, and a Mosquitto elsewhere: Pis and trackers speak to both. */

import assert from "node:assert/strict";
import { sendingTo, summaryOf, texts, WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { alarmsOn } from "../../support/broker/two_brokers.ts";
import { DEFAULT_DEATHS } from "../../support/program/detection_times.ts";
import {
  type Hub,
  type Sections,
  startAgent,
  startHub,
  startTracker,
  withSections,
} from "../../support/program/programs.ts";
import { pass } from "../../support/time/pass.ts";
import { testTogether } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: WITHIN_MS };
const LONG_MS = 8000;
const TIMES: Sections = { cluster: DEFAULT_DEATHS };

async function started() {
  await using parts = new AsyncDisposableStack();
  const phone = parts.use(new TwilioDouble());
  const attic = parts.use(await Mosquitto.start());
  // The first URL is the hub's own broker.
  const login = { username: "hub", password: "of-the-attic" };
  const mqtt = { url: `mqtt://127.0.0.1, mqtt://127.0.0.1:${attic.port}`, ...login };
  const hub = parts.use(await startHub(withSections(sendingTo(phone, TIMES), { mqtt })));
  await hub.process.line(new RegExp(`connected broker=127.0.0.1:${attic.port}`), PATIENCE);
  const configOf = (id: string) => ({
    mqtt: {
      url: `mqtt://127.0.0.1:${hub.brokerPort}, mqtt://127.0.0.1:${attic.port}`,
      username: id,
      password: hub.credential(id),
    },
    node: { id, name: id },
  });
  const arya = parts.use(await startAgent(configOf("arya")));
  parts.use(await startAgent(configOf("bran")));
  const tracker = parts.use(await startTracker(withSections(TIMES, configOf("sansa"))));
  for (const id of ["arya", "bran"]) {
    await hub.waitForLiveness(id, "alive");
    await tracker.process.line(`node=${id} from=unknown to=up`, PATIENCE);
  }
  const kept = parts.move();
  return { phone, attic, hub, arya, tracker, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function brokersOf(hub: Hub): Promise<readonly boolean[]> {
  return hub.api<{ brokers: { sees: boolean }[] }>("/api/v1/status")
    .then(({ brokers }) => brokers.map(({ sees }) => sees));
}

async function mosquittoRow(): Promise<void> {
  await using all = await started();
  const { hub, attic, arya, tracker, phone } = all;
  await until("both brokers", async () => (await brokersOf(hub)).every(Boolean), PATIENCE);
  await attic.stop("SIGKILL");
  await until("one broker", async () => !(await brokersOf(hub))[1], PATIENCE);
  await pass(LONG_MS);
  for (const id of ["arya", "bran"]) {
    assert.deepEqual([...alarmsOn(hub, id), ...alarmsOn(tracker, id)], []);
  }
  await arya.kill();
  await until("the message", () => texts(phone).length > 0, PATIENCE);
  assert.deepEqual(texts(phone).map(summaryOf), ["arya is down"]);
}

/** With the hub dies its broker. LEDs go on by the other one, and say that nobody gets a message. */
async function hubRow(): Promise<void> {
  await using all = await started();
  const { hub, arya, tracker } = all;
  await hub.kill();
  await tracker.process.line("the hub is down", PATIENCE);
  for (const id of ["arya", "bran"]) assert.deepEqual(alarmsOn(tracker, id), []);
  assert.ok(!tracker.process.lines.some((line) => line.includes(" blind: ")));
  await arya.kill();
  await tracker.process.line("node=arya from=late to=down", PATIENCE);
  await tracker.process.line("a Pi is down", PATIENCE);
}

testTogether("a hub with its own broker and another one", {
  "the other one is killed": mosquittoRow,
  "the hub is killed, and its broker with it": hubRow,
});
