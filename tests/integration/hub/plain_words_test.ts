/**
 * Two silent problems are explained in plain words: a user without permission, and a shared client
 * id.
 */

import assert from "node:assert/strict";
import { newAuthority } from "../../support/broker/authority.ts";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { startAgent, startHub, startTracker } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

/** The broker has 10 s to pass a message on. */
const TOLD = { withinMs: 60_000 };
const NOBODY_HEARS = "the broker does not pass on this program's messages: nobody receives them";

Deno.test("agent and tracker with another user's name report that nobody receives them", async () => {
  await using broker = await startGuarded(["sansa"]);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const mqtt = { url, username: "sansa", password: broker.passwords["sansa"] ?? "" };
  const config = { mqtt, node: { id: "arya" } };
  await using agent = await startAgent(config);
  await using tracker = await startTracker(config);
  for (const { process } of [agent, tracker]) {
    const line = await process.line(NOBODY_HEARS, TOLD);
    assert.match(line, /make \[node\] id \\"arya\\" and \[mqtt\] username \\"sansa\\" the same/);
  }
});

Deno.test("the same on the embedded broker", async () => {
  await using hub = await startHub();
  const { mqtt } = await hub.enrol("sansa", "Sansa");
  await using agent = await startAgent({ mqtt: mqtt ?? {}, node: { id: "arya" } });
  await agent.process.line(NOBODY_HEARS, TOLD);
});

Deno.test("a program whose messages arrive logs nothing about it, on either broker", async () => {
  await using guarded = await startGuarded(["arya", "sansa"]);
  await using hub = await startHub();
  const own = await hub.enrol("arya", "Arya");
  const login = (user: string) => ({
    url: `mqtt://127.0.0.1:${guarded.port}`,
    username: user,
    password: guarded.passwords[user] ?? "",
  });
  await using withMosquitto = await startAgent({ mqtt: login("arya"), node: { id: "arya" } });
  await using withHub = await startAgent(own);
  for (const { process } of [withMosquitto, withHub]) await process.line(" connected broker=");
  // When this line appears, the others would have appeared too.
  await using unheard = await startAgent({ mqtt: login("sansa"), node: { id: "bran" } });
  await unheard.process.line(NOBODY_HEARS, TOLD);
  for (const { process } of [withMosquitto, withHub]) {
    assert.ok(!process.lines.some((line) => line.includes(NOBODY_HEARS)));
  }
});

Deno.test("agent and tracker with the same client id report that another client uses it", async () => {
  await using broker = await startGuarded(["arya", "sansa"], "use_username_as_clientid true");
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const mqtt = { url, username: "arya", password: broker.passwords["arya"] ?? "" };
  const config = { mqtt, node: { id: "arya" } };
  await using agent = await startAgent(config);
  await using tracker = await startTracker(config);
  for (const { process } of [agent, tracker]) {
    const line = await process.line("another client uses this client id", TOLD);
    assert.match(line, /take use_username_as_clientid out of mosquitto\.conf/);
  }
  // From then on the program writes no further line per attempt.
  const from = agent.process.lines.length;
  const password = broker.passwords["sansa"] ?? "";
  await using listener = await TestClient.connect({
    port: broker.port,
    username: "sansa",
    password,
  });
  await listener.subscribe(`${ROOT}/nodes/arya/status`, 1);
  const births = () =>
    listener.messages.filter(({ payload }) => payload.includes('"birth"')).length;
  await until("six more rounds", () => births() >= 6, TOLD);
  // The attempt that was under way may still log that it connected.
  const later = agent.process.lines.slice(from).filter((line) => line.includes("connect"));
  assert.ok(later.length <= 1, later.join("\n"));
});

Deno.test("a self-signed authority as certificate is reported as such", async () => {
  using folder = new TemporaryFolder();
  const { caFile, caKeyFile } = await newAuthority(folder.file("ours"));
  const secure = freePort();
  await using _broker = await Mosquitto.start({
    config: ({ port }) =>
      `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\nlistener ${secure} 127.0.0.1\n` +
      `certfile ${caFile}\nkeyfile ${caKeyFile}\n`,
  });
  await using agent = await startAgent({
    mqtt: { url: `mqtts://127.0.0.1:${secure}`, ca_file: caFile },
    node: { id: "arya" },
  });
  const line = await agent.process.line("cannot connect");
  assert.match(line, /CaUsedAsEndEntity/);
  assert.match(line, /shows the certificate of an authority in place of one of its own/);
  assert.match(line, /basicConstraints=critical,CA:FALSE/);
});
