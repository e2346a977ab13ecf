/** A broker by name: it is found in time whatever name servers do, and no node counts as dead. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { freeLoopback } from "../../support/network/free_loopback.ts";
import { freePort } from "../../support/network/free_port.ts";
import { nameHindrance, NameServer, NameView } from "../../support/network/name_server.ts";
import { networkHindrance, TestNetwork } from "../../support/network/network.ts";
import { SlowNameServer } from "../../support/network/slow_name_server.ts";
import { startAgent, startHub, startTracker, TestProgram } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const NAME = "hub.rca-test.lan";
/** The system waits 5 s for a name server; a busy machine adds to that. */
const FOUND = { withinMs: 60_000 };

const hindrance = nameHindrance();

function test(name: string, fn: () => Promise<void>): void {
  const ignore = hindrance !== undefined && Deno.env.get("CI") !== "true";
  Deno.test({ name: hindrance === undefined ? name : `${name} (${hindrance})`, ignore, fn });
}

test("a mute first name server delays a connection, and no more", async () => {
  await using broker = await Mosquitto.start();
  await using mute = await NameServer.start({ [NAME]: "127.0.0.1" });
  await using second = await NameServer.start({ [NAME]: "127.0.0.1" });
  mute.mute();
  using view = new NameView({ servers: [mute, second] });
  const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, view);
  await using tracker = await startTracker({ ...config, node: { id: "sansa" } }, view);
  await agent.process.line(` connected broker=${NAME}`, FOUND);
  await tracker.process.line(/ connected broker=/, FOUND);
});

test("a name with IPv6 and IPv4 leads to a broker on IPv4 alone", async () => {
  await using broker = await Mosquitto.start();
  using view = new NameView({ hosts: [`::1 ${NAME}`, `127.0.0.1 ${NAME}`] });
  const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, view);
  await agent.process.line(` connected broker=${NAME}`);
  await using hub = await startHub({ ...config, hub: { broker: "none" } }, view);
  await hub.untilSeeing();
  for (const { lines } of [agent.process, hub.process]) {
    assert.ok(!lines.some((line) => line.includes("cannot connect")), lines.join("\n"));
  }
});

test("a name whose addresses all refuse is told with each of them", async () => {
  using view = new NameView({ hosts: [`::1 ${NAME}`, `127.0.0.1 ${NAME}`] });
  const config = { mqtt: { url: `mqtt://${NAME}:${freePort()}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, view);
  const line = await agent.process.line("cannot connect");
  assert.match(line, /\[::1\]: Connection refused/);
  assert.match(line, /127\.0\.0\.1: Connection refused/);
});

test("name servers that are all mute are told as such, by log and doctor", async () => {
  await using broker = await Mosquitto.start();
  await using mute = await NameServer.start({ [NAME]: "127.0.0.1" });
  mute.mute();
  using view = new NameView({ servers: [mute] });
  const config = {
    mqtt: { url: `mqtt://${NAME}:${broker.port}` },
    rpi: { led: "none", buzzer: "none" },
  };
  await using agent = await startAgent(config, view);
  await using tracker = new TestProgram("tracker", config, view);
  const { code, text } = await tracker.run("doctor");
  assert.equal(code, 1);
  assert.match(text, new RegExp(`^wrong +broker .*looking up ${NAME} takes too long`, "m"));
  assert.doesNotMatch(text, /MQTT broker/);
  const line = await agent.process.line("cannot connect", FOUND);
  assert.match(line, new RegExp(`looking up ${NAME} takes too long: no answer after \\d+ s`));
  assert.match(line, /advice="no name server answers/);
  mute.speak();
  await agent.process.line(" connected broker=", FOUND);
});

test("a broker that restarts is found again at its last good address, also by a new run", async () => {
  await using broker = await Mosquitto.start();
  await using server = await NameServer.start({ [NAME]: "127.0.0.1" });
  using view = new NameView({ servers: [server] });
  using state = new TemporaryFolder();
  const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
  const options = {
    through: [...view.through, "env", `STATE_DIRECTORY=${state.path}`],
    write: [state.path],
  };
  for (const start of [startAgent, startTracker]) {
    server.speak();
    await using program = await start(config, options);
    await program.process.line(" connected broker=");
    server.mute();
    await broker.stop("SIGKILL");
    await program.process.line("disconnected");
    const from = program.process.lines.length;
    await broker.start();
    const again = await program.process.line(" connected broker=", { from });
    assert.match(again, /last_good_address=127\.0\.0\.1 because="looking up .* takes too long/);
    await program.stop();
    await program.start();
    await program.process.line("last_good_address=127.0.0.1");
    await program.stop();
  }
  const kept: unknown = JSON.parse(
    Deno.readTextFileSync(join(state.path, "broker-address.json")),
  );
  assert.deepEqual(kept, { host: NAME, address: "127.0.0.1" });
});

test("a broker that has moved is found by a slow name server, without a word of trouble", async () => {
  await using broker = await Mosquitto.start();
  await using server = await NameServer.start({ [NAME]: "127.0.0.1" });
  await using slow = await SlowNameServer.start(server, 1000);
  using view = new NameView({ servers: [slow] });
  using state = new TemporaryFolder();
  // Nothing listens at that address any more.
  const address = freeLoopback();
  state.write("broker-address.json", JSON.stringify({ host: NAME, address }));
  const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, {
    through: [...view.through, "env", `STATE_DIRECTORY=${state.path}`],
    write: [state.path],
  });
  const line = await agent.process.line(" connected broker=");
  assert.doesNotMatch(line, /last_good_address/);
  const kept = Deno.readTextFileSync(state.file("broker-address.json"));
  assert.deepEqual(JSON.parse(kept), { host: NAME, address: "127.0.0.1" });
  assert.ok(!agent.process.lines.some((one) => one.includes(" warning ")));
});

const NO_ADDRESSES = [
  { what: "empty", text: "" },
  { what: "half written", text: '{"host":"hub' },
  { what: "of other types", text: '{"host":1,"address":2}' },
  { what: "a name in place of an address", text: `{"host":"${NAME}","address":"x"}` },
  { what: "zeroed by a power cut", text: "\0".repeat(64) },
];

for (const { what, text } of NO_ADDRESSES) {
  test(`a kept address that is ${what} is none`, async () => {
    await using broker = await Mosquitto.start();
    using view = new NameView({ hosts: [`127.0.0.1 ${NAME}`] });
    using state = new TemporaryFolder();
    state.write("broker-address.json", text);
    const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
    await using agent = await startAgent(config, {
      through: [...view.through, "env", `STATE_DIRECTORY=${state.path}`],
      write: [state.path],
    });
    await agent.process.line(" connected broker=");
  });
}

test("a folder that may not be written costs the address, and one line", async () => {
  await using broker = await Mosquitto.start();
  using view = new NameView({ hosts: [`127.0.0.1 ${NAME}`] });
  const config = { mqtt: { url: `mqtt://${NAME}:${broker.port}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, {
    through: [...view.through, "env", "STATE_DIRECTORY=/no/such/folder"],
  });
  await agent.process.line("cannot keep the broker's address for the next start");
  await agent.process.line(" connected broker=");
});

test("a restart of the hub beside a dead name server wakes nobody", async () => {
  await using server = await NameServer.start({ [NAME]: "127.0.0.1" });
  using view = new NameView({ servers: [server] });
  const alerts = { hold: "1s", group: "1s" };
  await using hub = await startHub({ alerts, sms: { provider: "print" } });
  const own = await hub.enrol("arya", "Arya");
  const url = `mqtt://${NAME}:${hub.brokerPort}`;
  await using agent = await startAgent({ ...own, mqtt: { ...own.mqtt, url } }, view);
  const { session } = await hub.waitForLiveness("arya", "alive");
  server.mute();
  for (let round = 0; round < 2; round++) {
    await hub.stop();
    await hub.start();
    const { session: again } = await hub.waitForLiveness("arya", "alive", 30_000);
    assert.equal(again, session, "it is the same run of the agent");
  }
  // Longer than the message of a death would take: 5 s of silence, 1 s of hold and grouping.
  const untilMs = Date.now() + 8000;
  await agent.process.until("8 s of heartbeats", async () => {
    const node = (await hub.nodes()).find(({ id }) => id === "arya");
    return Date.parse(node?.last_heartbeat_at ?? "") > untilMs;
  }, FOUND);
  assert.deepEqual(await hub.incidents(), []);
  assert.deepEqual(await hub.deliveries(), []);
});

test("a hub that finds its Mosquitto by name restarts beside a dead name server and sees", async () => {
  await using broker = await Mosquitto.start();
  await using server = await NameServer.start({ [NAME]: "127.0.0.1" });
  using view = new NameView({ servers: [server] });
  const mqtt = { url: `mqtt://${NAME}:${broker.port}` };
  await using hub = await startHub({ mqtt, hub: { broker: "none" } }, view);
  await hub.untilSeeing();
  await using _agent = await startAgent({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    node: { id: "arya" },
  });
  await hub.waitForLiveness("arya", "alive");
  server.mute();
  await hub.stop();
  await hub.start();
  await hub.untilSeeing();
  await hub.waitForLiveness("arya", "alive");
  assert.deepEqual(await hub.incidents(), []);
});

Deno.test({
  name: "a link-local address leads to a broker through the interface that it names",
  ignore: networkHindrance() !== undefined && Deno.env.get("CI") !== "true",
  async fn() {
    await using network = await TestNetwork.open();
    const machine = await network.addMachine();
    const own = await until("the link-local address of this end", () => {
      const interfaces = Deno.networkInterfaces();
      const name = interfaces.find(({ address }) => address === network.address)?.name;
      return interfaces.find((one) => one.name === name && one.address.startsWith("fe80"))?.address;
    });
    await using broker = await Mosquitto.start({
      config: ({ port }) => `listener ${port}\nallow_anonymous true\n`,
    });
    const config = (url: string) => ({ mqtt: { url }, node: { id: "arya" } });
    for (const zone of ["%eth0", "%25eth0"]) {
      const url = `mqtt://[${own}${zone}]:${broker.port}`;
      await using agent = await startAgent(config(url), { through: machine.through });
      await agent.process.line(` connected broker="[${own}%eth0]:${broker.port}"`, FOUND);
    }
  },
});
