/** The connection of a program to its broker, and what must not count as its loss. */

import assert from "node:assert/strict";
import { brokerFaultText } from "../../../core/network/broker_fault.ts";
import { loadConfig } from "../../../io/config/config_file.ts";
import { Link } from "../../../io/mqtt/mqtt.ts";
import { systemClock } from "../../../io/time/clock.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { freePort } from "../../support/network/free_port.ts";
import { startHub } from "../../support/program/programs.ts";
import { until, within } from "../../support/time/until.ts";

/** The next uncaught error, which would end a program. */
function uncaught(): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    resolve(event.error);
  }, { once: true });
  return promise;
}

for (const place of ["onMessage", "onUp"] as const) {
  Deno.test(`an error in ${place} ends the program, and is no lost connection`, async () => {
    await using broker = await Mosquitto.start();
    const environment = (name: string) =>
      name === "RPI_CLUSTER_MQTT_URL" ? `mqtt://127.0.0.1:${broker.port}` : undefined;
    const { mqtt } = loadConfig({ path: "/nowhere", explicit: false, environment });
    const mistake = new Error(`a mistake in ${place}`);
    const ended = uncaught();
    const downs: string[] = [];
    const up = Promise.withResolvers<void>();
    await using link = new Link({
      mqtt,
      program: "agent",
      clock: systemClock,
      subscribe: { filters: () => ["mistakes"] },
      onMessage: () => {
        if (place === "onMessage") throw mistake;
      },
      onUp: () => {
        up.resolve();
        if (place === "onUp") throw mistake;
      },
      onDown: ({ code }) => downs.push(code),
    });
    await within("the connection", up.promise);
    await link.publish({ topic: "mistakes", payload: "", qos: 0, retain: false });
    assert.equal(await within("the error", ended), mistake);
    assert.deepEqual(downs, []);
  });
}

Deno.test("a live connection tells both of its addresses, and none when it has ended", async () => {
  await using broker = await Mosquitto.start();
  const environment = (name: string) =>
    name === "RPI_CLUSTER_MQTT_URL" ? `mqtt://127.0.0.1:${broker.port}` : undefined;
  const { mqtt } = loadConfig({ path: "/nowhere", explicit: false, environment });
  const up = Promise.withResolvers<void>();
  const down = Promise.withResolvers<void>();
  await using link = new Link({
    mqtt,
    program: "agent",
    clock: systemClock,
    onUp: () => up.resolve(),
    onDown: () => down.resolve(),
  });
  assert.equal(link.remoteAddress, undefined);
  await within("the connection", up.promise);
  assert.deepEqual([link.localAddress, link.remoteAddress], ["127.0.0.1", "127.0.0.1"]);
  await broker.stop();
  await within("the end of the connection", down.promise);
  assert.deepEqual([link.localAddress, link.remoteAddress], [undefined, undefined]);
});

Deno.test("a link turns without a broker, and no longer when it hangs", async () => {
  const environment = (name: string) =>
    name === "RPI_CLUSTER_MQTT_URL" ? `mqtt://127.0.0.1:${freePort()}` : undefined;
  const { mqtt } = loadConfig({ path: "/nowhere", explicit: false, environment });
  // The clock runs as in a program that does nothing else, with the timers of the system.
  let hoursMs = 0;
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + hoursMs };
  const failed = Promise.withResolvers<void>();
  await using link = new Link({
    mqtt,
    program: "agent",
    clock,
    onUp: () => {},
    onDown: () => failed.resolve(),
  });
  await within("the first attempt", failed.promise);
  assert.ok(link.isTurning);
  hoursMs = 3_600_000;
  assert.ok(!link.isTurning, "nothing has happened for an hour");
  await until("the next attempt", () => link.isTurning);
});

Deno.test("a program that hangs while it connects blames nobody for it", async () => {
  await using broker = await Mosquitto.start();
  const environment = (name: string) =>
    name === "RPI_CLUSTER_MQTT_URL" ? `mqtt://127.0.0.1:${broker.port}` : undefined;
  const { mqtt } = loadConfig({ path: "/nowhere", explicit: false, environment });
  const downs: string[] = [];
  const up = Promise.withResolvers<void>();
  await using _link = new Link({
    mqtt,
    program: "agent",
    clock: systemClock,
    subscribe: { filters: () => ["any"] },
    onUp: () => up.resolve(),
    onDown: (fault) => downs.push(brokerFaultText(fault)),
  });
  // A hub that reads a large database right after its broker's start blocks for longer than each
  // limit: before the answers to TCP, to CONNECT and to the subscription.
  let isUp = false;
  up.promise.then(() => isUp = true);
  await until("the connection", async () => {
    hang(2500);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return isUp;
  }, { withinMs: 60_000 });
  assert.deepEqual(downs, []);
});

/** Blocks the event loop, so that nothing else of this program runs. */
function hang(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

Deno.test("a broker that refuses the subscription is told by it, unless it is optional", async () => {
  await using hub = await startHub();
  const password = hub.credential("arya");
  const environment = (name: string) =>
    new Map([
      ["RPI_CLUSTER_MQTT_URL", `mqtt://127.0.0.1:${hub.brokerPort}`],
      ["RPI_CLUSTER_MQTT_USERNAME", "arya"],
      ["RPI_CLUSTER_MQTT_PASSWORD", password],
    ]).get(name);
  const { mqtt } = loadConfig({ path: "/nowhere", explicit: false, environment });
  const common = { mqtt, clock: systemClock };
  const refused = Promise.withResolvers<string>();
  await using _strict = new Link({
    ...common,
    program: "agent",
    subscribe: { filters: () => ["elsewhere/#"] },
    onUp: () => refused.resolve("up"),
    onDown: (fault) => fault.code !== "login" && refused.resolve(brokerFaultText(fault)),
  });
  const up = Promise.withResolvers<void>();
  await using link = new Link({
    ...common,
    program: "agent",
    subscribe: { filters: () => ["elsewhere/#"], isOptional: true },
    onUp: () => up.resolve(),
    onDown: () => {},
  });
  assert.match(await within("the refusal", refused.promise), /refuses the subscription/);
  await within("the connection", up.promise);
  assert.equal(link.isSubscribed, false);
});
