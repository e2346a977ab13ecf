/** A real Mosquitto that drops messages: the hub says so, wherever faults are told. */

import assert from "node:assert/strict";
import { newNode } from "../../../core/detection/node_state.ts";
import type { FaultInput } from "../../../core/alerting/policy/input.ts";
import { DROPPED_TOPIC, LossWatch } from "../../../hub/broker/loss_watch.ts";
import { asHub, startHubOn } from "../../support/broker/tested_broker.ts";
import { startEmbedded } from "../../support/broker/embedded_broker.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { publishBirth, publishHeartbeats } from "../../support/broker/pretend_pis.ts";
import { startSample } from "../../support/broker/sample_mosquitto.ts";
import { startHub } from "../../support/program/programs.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";
import { until } from "../../support/time/until.ts";

const LOST = 300;
/** The hub looks each 10 s, and waits 20 s for births. */
const LATE_MS = 45_000;
const NODES = 10;

/** A Mosquitto with our configuration, but for its queues, which are short. */
async function startShort() {
  return await startSample({
    changes: {
      "\nmax_queued_messages 50000\n": "\nmax_queued_messages 10\n",
      "\nmax_inflight_messages 1000\n": "\nmax_inflight_messages 10\n",
      "\nsys_interval 10\n": "\nsys_interval 1\n",
    },
  });
}

/** The hub's sections. */
const PRINTING = {
  alerts: { hold: "0s", group: "0s" },
  sms: { provider: "print", to: "+4915112345678" },
};

/** Heartbeats of so many Pis each second. With more, the hub would leave some out. */
function beat(pis: TestClient, count: number): Disposable {
  let seq = 0;
  const timer = setInterval(() => {
    if (!pis.isClosed) void publishHeartbeats(pis, { count, seq: seq++ });
  }, 1000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Deno.test("hub tells of a Mosquitto that drops the births of many Pis", async () => {
  await using broker = await startShort();
  await using pis = await asHub(broker);
  for (let number = 0; number < LOST; number++) await publishBirth(pis, number);
  await using hub = await startHubOn(broker, PRINTING);
  using _beating = beat(pis, LOST);
  const incident = await hub.process.until("the incident", async () => {
    return (await hub.incidents()).find(({ kind }) => kind === "hub");
  }, { withinMs: 60_000 });
  assert.deepEqual([incident.name, incident.reason], ["messages_dropped", "dropped_by_broker"]);
  await hub.process.line("the broker loses messages");
  const delivery = await hub.process.until("the message", async () => (await hub.deliveries())[0]);
  assert.match(
    delivery.text,
    /^The broker has dropped messages since .*; raise max_queued_messages/,
  );
});

Deno.test("what a Mosquitto drops for another client is nobody's concern", async () => {
  await using broker = await startShort();
  const login = { port: broker.port, username: "hub", password: broker.hubPassword };
  {
    await using absent = await TestClient.connect({ ...login, clientId: "absent", clean: false });
    await absent.subscribe("rpi-cluster/v1/#", 1);
  }
  await using pis = await asHub(broker);
  for (let number = 0; number < NODES; number++) await publishBirth(pis, number);
  await using hub = await startHubOn(broker, PRINTING);
  await hub.untilSeeing();
  await pis.subscribe(DROPPED_TOPIC);
  const sinceMs = performance.now();
  using _beating = beat(pis, NODES);
  await until("drops for longer than births may be late", async () => {
    await pis.publish("rpi-cluster/v1/nodes/pi-1/vitals", "{}", { qos: 1 });
    const count = pis.messages.findLast(({ topic }) => topic === DROPPED_TOPIC)?.payload;
    return Number(count) > LOST && performance.now() - sinceMs > LATE_MS;
  }, { withinMs: 120_000 });
  assert.deepEqual(await hub.incidents(), []);
});

Deno.test("hub goes on with a broker that tells it no count", async () => {
  await using broker = await Mosquitto.start({
    config: ({ port, folder }) => {
      Deno.writeTextFileSync(`${folder}/acl`, "topic readwrite rpi-cluster/#\n");
      return `user root\nlistener ${port} 127.0.0.1\nallow_anonymous true\nacl_file ${folder}/acl\n`;
    },
  });
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
  });
  await hub.untilSeeing();
  await broker.stop("SIGKILL");
  await hub.process.until("the hub to be blind", async () => {
    const answer = await hub.fetch("/readyz");
    await answer.body?.cancel();
    return answer.status === 503;
  });
  await broker.start();
  await hub.untilSeeing();
  assert.deepEqual(await hub.incidents(), []);
});

Deno.test("hub goes on with a broker that forbids it to ask for the count", async () => {
  await using broker = await startEmbedded();
  await using hub = await startHubOn(broker);
  await hub.untilSeeing();
  await until("the refusal", () => broker.refused.includes("forbidden hub"));
  await hub.untilSeeing();
  const connects = hub.process.lines.filter((line) => line.includes(" connected "));
  assert.ok(connects.length <= 2, connects.join("\n"));
});

/** Plays `minutes` in which each node beats each second, and in each 10 s loses what `lost` says. */
async function playGaps(
  { minutes, lost, leftOut = () => 0, reconnects = false }: {
    readonly minutes: number;
    readonly lost: number;
    readonly leftOut?: () => number;
    readonly reconnects?: boolean;
  },
): Promise<readonly FaultInput[]> {
  const clock = new SteppedClock();
  const faults: FaultInput[] = [];
  const watch = new LossWatch({ clock, onFault: (fault) => faults.push(fault), leftOut });
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  const nodes = Array.from({ length: NODES }, (_, index) => newNode(`pi-${index}`, 0, true));
  watch.connected();
  for (let second = 1; second <= minutes * 60; second++) {
    for (const [index, node] of nodes.entries()) {
      if (second % 10 === 5 && index < lost) {
        node.missed += 2;
        if (reconnects) watch.heard(node, "birth");
      }
      watch.heard(node, "heartbeat");
    }
    clock.pass(1000);
    // Lets the watch's own loop take its turn.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
  stop.abort();
  await running;
  return faults.filter(({ isWrong }) => isWrong);
}

Deno.test("gaps in the heartbeats of many nodes are a fault", async () => {
  const [fault, ...more] = await playGaps({ minutes: 3, lost: 5 });
  assert.deepEqual(fault?.subject, { kind: "hub", fault: "messages_dropped" });
  assert.equal(fault.cause, "heartbeats_missing");
  assert.deepEqual(more, []);
});

Deno.test("gaps that have another reason are no fault of the broker", async () => {
  assert.deepEqual(await playGaps({ minutes: 3, lost: 2 }), [], "bad radio of two nodes");
  assert.deepEqual(
    await playGaps({ minutes: 3, lost: 5, reconnects: true }),
    [],
    "nodes reconnect",
  );
  let count = 0;
  const leftOut = () => ++count;
  assert.deepEqual(await playGaps({ minutes: 3, lost: 5, leftOut }), [], "the hub left them out");
});
