/**
 * Strangers at a Mosquitto with our configuration: its log, its files, and which clients it admits.
 */

import assert from "node:assert/strict";
import { BrokerKnocks } from "../../support/broker/broker_knocks.ts";
import { asHub, asNode } from "../../support/broker/tested_broker.ts";
import { ConnectRefused, TestClient } from "../../support/broker/mqtt_client.ts";
import {
  makeCertificates,
  sample,
  type SampleMosquitto,
  startSample,
  TLS,
} from "../../support/broker/sample_mosquitto.ts";
import { SilentLoad } from "../../support/limits/silent_load.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const STATUS = "rpi-cluster/v1/nodes/pi-1/status";

function textIfAny(path: string): string {
  try {
    return new TextDecoder("latin1").decode(Deno.readFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Asserts that it still runs and passes on the messages of nodes. */
async function assertWorks(broker: SampleMosquitto): Promise<void> {
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await using pi = await asNode(broker, "pi-1");
  await pi.publish(STATUS, "birth", { qos: 1, retain: true });
  await hub.heard("a birth", ({ payload }) => payload === "birth");
}

/** Its start and each reload write about 30 lines. */
async function assertFewLines({ mosquitto }: SampleMosquitto): Promise<void> {
  await mosquitto.stop();
  const lines = (await mosquitto.log).trim().split("\n");
  assert.ok(lines.length < 60, lines.join("\n"));
}

Deno.test("Mosquitto with our configuration logs no line for each wrong login and each noise", async () => {
  await using broker = await startSample();
  await assertWorks(broker);
  const password = broker.credentials.enrol("stolen");
  broker.apply();
  await using knocks = await BrokerKnocks.begin({
    port: broker.port,
    seconds: 5,
    rate: 400,
    logins: [
      { user: "pi-1", password: "wrong" },
      { user: "a-password-typed-as-user-name", password: "wrong", numbered: true },
      { bytes: "GET / HTTP/1.1\r\n\r\n" },
      { user: "stolen", password, will_topic: "rpi-cluster/v1/nodes/stolen/status" },
    ],
  });
  await assertWorks(broker);
  const { made } = await knocks.result;
  assert.ok(made > 1000, `${made} connections`);
  await assertFewLines(broker);
});

Deno.test("Mosquitto with our TLS configuration logs no line for each failed handshake", async () => {
  using folder = new TemporaryFolder();
  await using broker = await startSample({
    tls: await makeCertificates(folder.path),
    changes: { "\nlog_type error\n": "\n#log_type error\n" }, // as on a public machine
  });
  await using knocks = await BrokerKnocks.begin({
    port: broker.tlsPort,
    seconds: 3,
    rate: 400,
    logins: [{ bytes: "GET / HTTP/1.1\r\n\r\n" }, { bytes: "\x16\x03\x01\x02\x00\x01" }],
  });
  await assertWorks(broker);
  const { made } = await knocks.result;
  assert.ok(made > 600, `${made} connections`);
  await assertFewLines(broker);
});

Deno.test("Mosquitto with our configuration logs refused clients if that is enabled", async () => {
  const changes = { "\nconnection_messages false\n": "\nconnection_messages true\n" };
  await using broker = await startSample({ changes });
  const login = { port: broker.port, username: "pi-1", password: "wrong" };
  await assert.rejects(TestClient.connect(login), ConnectRefused);
  await broker.mosquitto.stop();
  assert.match(await broker.mosquitto.log, /New connection from 127\.0\.0\.1:[^]* not authorised/);
});

Deno.test("Mosquitto with our configuration keeps files for its database, and its log, from many clients", async () => {
  const number = (name: string, pattern: RegExp) => Number(pattern.exec(sample(name))?.[1]);
  const files = number("mosquitto-limits.conf", /^LimitNOFILE=(\d+)$/m);
  const connections = [
    number("rpi-cluster-alert.conf", /^max_connections (\d+)$/m),
    number(TLS, /^max_connections (\d+)$/m),
  ];
  assert.ok(Math.min(...connections) >= 40_000, "agents and trackers of 20,000 nodes");
  assert.ok(connections.reduce((sum, max) => sum + max) < files - 1000, `${connections}`);
  // On a public machine the port without TLS is for the hub alone.
  const publicHub = await Deno.readTextFile("docs/public-hub.md");
  const publicFiles = Number(/LimitNOFILE=(\d+)/.exec(publicHub)?.[1]);
  assert.ok(Math.max(...connections) < publicFiles - 1000, `${publicFiles} files`);

  // Far fewer of each, and more clients than both.
  await using broker = await startSample({
    changes: { [`\nmax_connections ${connections[0]}\n`]: "\nmax_connections 200\n" },
    through: ["prlimit", "--nofile=490:490"],
  });
  await using hub = await asHub(broker);
  await hub.subscribe("rpi-cluster/v1/#", 1);
  await using pi = await asNode(broker, "pi-1");
  await using _load = await SilentLoad.connect({
    port: broker.port,
    count: 1000,
    what: "\x10",
  });
  await pi.publish(STATUS, "a birth among many", { qos: 1, retain: true });
  await hub.heard("the birth", ({ payload }) => payload === "a birth among many");
  broker.mosquitto.signal("SIGUSR1"); // not to wait for its minute
  await until("the birth on the disk", () => {
    return textIfAny(broker.database).includes("a birth among many");
  });
  await assertFewLines(broker);
});
