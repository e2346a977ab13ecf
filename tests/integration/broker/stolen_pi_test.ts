/**
 * An attacker with the credential of one node tries to silence the buzzers: his limits, and that
 * people see it.
 */

import assert from "node:assert/strict";
import type { AlarmView } from "../../../core/api/alarm_view.ts";
import { encodeAlarm } from "../../../core/protocol/wire_encoding.ts";
import { HubAlarm } from "../../../hub/alarm/alarm.ts";
import { Store } from "../../../hub/store/store.ts";
import { systemClock } from "../../../io/time/clock.ts";
import type { TestClient } from "../../support/broker/mqtt_client.ts";
import {
  QUIET,
  showsWithin,
  SOUNDS,
  startSounding,
  startWatched,
} from "../../support/nodes/shown_alarm.ts";
import { act, ALARM, HUB_ALARM, type SentAlarm } from "../../support/page/hub_actions.ts";
import { MOSQUITTO, ROOT, type TestCluster } from "../../support/program/cluster.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const DEADLINE = { withinMs: 30_000 };
const DAY_MS = 24 * 3_600_000;

const shows = showsWithin(DEADLINE.withinMs);

/**
 * Returns the messages on the topic of buttons, as a tracker receives them that only knows this
 * topic.
 */
function onButtonTopic({ messages }: TestClient): readonly SentAlarm[] {
  return messages.filter(({ topic }) => topic === ALARM).map(({ payload }) => JSON.parse(payload));
}

async function silences({ hub }: TestCluster): Promise<AlarmView["silences"]> {
  const answer = await hub.api("/api/v1/alarm") as Pick<AlarmView, "silences">;
  return answer.silences;
}

function inADay(): string {
  return new Date(Date.now() + DAY_MS).toISOString();
}

testWithBrokers(
  "a thief who repeats or forges the hub's word mutes no buzzer, and his press is seen and undone",
  async (broker) => {
    await using cluster = await broker.start();
    const { hub } = cluster;
    const [tracker, bran, arya] = await startWatched(cluster);
    const thief = await cluster.client("robb");
    await thief.subscribe(`${ROOT}/#`, 1);
    const say = (payload: string) => thief.publish(ALARM, payload, { qos: 1, retain: true });
    await shows(tracker, SOUNDS, () => bran.kill());
    await hub.waitForLiveness("bran", "dead");
    await shows(tracker, QUIET, () => act(hub, "silence", { for: "24h" }));
    const { payload: copy } = await thief.heard(
      "the hub's copy of the silence",
      ({ topic, payload }) => topic === ALARM && JSON.parse(payload).silenced_until !== null,
    );
    await shows(tracker, SOUNDS, () => act(hub, "silence", { for: "0s" }));

    // The exact bytes of the hub, and a forged maintenance of a day: the hub publishes the truth.
    const maintenance = JSON.stringify({
      at: new Date().toISOString(),
      silenced_until: null,
      maintenance_until: inADay(),
      nodes: { bran: { until: inADay() } },
      acknowledged: ["bran"],
    });
    const from = tracker.process.lines.length;
    for (const forged of [copy, maintenance]) {
      const before = thief.messages.length;
      await say(forged);
      await until("the hub to contradict", () => {
        const heard = thief.messages.slice(before).filter(({ topic }) => topic === ALARM);
        const mine = heard.findIndex(({ payload }) => payload === forged);
        const [last] = heard.slice(mine + 1).map(({ payload }) => JSON.parse(payload));
        return mine >= 0 && last?.silenced_until === null && last.maintenance_until === null;
      }, DEADLINE);
    }
    await hub.process.line("corrected a silence");
    assert.deepEqual(tracker.process.lines.slice(from).filter((line) => line.includes(QUIET)), []);

    // A press counts as a press: the page shows its Pi and can end it, and the next death sounds.
    const press = JSON.stringify({ node: "robb", silenced_until: inADay() });
    await shows(tracker, QUIET, () => say(press));
    await until("the hub to show the press", async () => {
      const [one] = await silences(cluster);
      return one?.node === null && one.pressed_at === "robb";
    }, DEADLINE);
    await shows(tracker, SOUNDS, () => act(hub, "silence", { for: "0s" }));
    assert.deepEqual(await silences(cluster), []);
    await shows(tracker, QUIET, () => say(press));
    await shows(tracker, SOUNDS, () => arya.kill());
  },
);

testWithBrokers("a tracker that only knows the older topic receives everything", async (broker) => {
  await using cluster = await broker.start({ hub: { cluster: { nodes: "arya" } } });
  const { hub } = cluster;
  const old = await cluster.client("old");
  await old.subscribe(ALARM, 1);
  const newest = (what: string, holds: (alarm: SentAlarm) => boolean) =>
    until(what, () => {
      const alarm = onButtonTopic(old).at(-1);
      return alarm !== undefined && holds(alarm);
    }, DEADLINE);
  await act(hub, "silence", { for: "1h" });
  await newest(
    "the silence",
    ({ silenced_until, since }) => silenced_until !== null && since !== undefined,
  );
  await act(hub, "maintenance", { node: "arya", for: "1h" });
  await newest("a node's maintenance", ({ nodes }) => nodes?.["arya"] !== undefined);
  await act(hub, "maintenance", { for: "1h" });
  await newest("the maintenance", ({ maintenance_until }) => typeof maintenance_until === "string");
  await act(hub, "silence", { for: "0s" });
  await newest("the silence's end", ({ silenced_until }) => silenced_until === null);
  const late = await cluster.client("late");
  await late.subscribe(ALARM, 1);
  const { retained } = await late.heard("what is kept", ({ topic }) => topic === ALARM);
  assert.equal(retained, true);
});

Deno.test("a tracker obeys an older hub, which knows the topic of buttons alone", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const [tracker] = await startSounding(cluster, shows);
  await hub.stop();
  const olderHub = await cluster.client("hub");
  // Removes what the hub of the newer version left in the broker.
  for (const topic of [HUB_ALARM, ALARM]) {
    await olderHub.publish(topic, "", { qos: 1, retain: true });
  }
  const say = (silencedUntilMs: number | undefined, sinceMs: number | undefined) => {
    const planned = { maintenanceUntilMs: undefined, nodes: new Map(), acknowledged: new Set("") };
    const said = { node: undefined, atMs: Date.now(), silencedUntilMs, sinceMs, planned };
    return olderHub.publish(ALARM, encodeAlarm(said), { qos: 1, retain: true });
  };
  await shows(tracker, QUIET, () => say(Date.now() + DAY_MS, Date.now()));
  await shows(tracker, SOUNDS, () => say(undefined, undefined));
});

Deno.test("a hub believes five presses in a row, undoes them, and remembers whose button it was", async () => {
  using store = new Store(":memory:");
  const plans: SentAlarm[] = [];
  const publish = ({ plan }: { readonly plan: string }) => plans.push(JSON.parse(plan));
  using alarm = new HubAlarm({ store, clock: systemClock, publish });
  /** Returns whether the hub publishes the press as a silence. */
  const isBelieved = async () => {
    const before = plans.length;
    const atMs = Date.now();
    alarm.take({
      kind: "alarm",
      source: "press",
      node: "robb",
      atMs,
      silencedUntilMs: atMs + DAY_MS,
      sinceMs: atMs,
      planned: undefined,
      retained: false,
    });
    await until("the hub's word", () => plans.length > before);
    return plans.at(-1)?.silenced_until !== null;
  };
  for (let press = 0; press < 5; press++) {
    assert.equal(await isBelieved(), true);
    using restarted = new HubAlarm({ store, clock: systemClock, publish: () => {} });
    for (const hub of [alarm, restarted]) {
      assert.equal(hub.inForce().silences[0]?.pressed_at, "robb");
    }
    alarm.silence(undefined, 0);
    assert.deepEqual(alarm.inForce().silences, []);
  }
  assert.equal(await isBelieved(), false);
  assert.deepEqual(alarm.inForce().silences, []);
  alarm.silence(undefined, 60_000);
  assert.equal(alarm.inForce().silences[0]?.pressed_at, undefined);
});
