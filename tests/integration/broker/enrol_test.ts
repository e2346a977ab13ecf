/** The configuration that `hub enrol` prints is one with which an agent starts. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Config } from "../../../core/config/settings.ts";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { enrol, hasRoomFor, passwordFile, revoke } from "../../../hub/credentials/enrol.ts";
import { reachableAddress } from "../../../hub/credentials/reachable_address.ts";
import { loadConfig } from "../../../io/config/config_file.ts";
import { enrolCrowd } from "../../support/broker/crowd.ts";
import { startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const NO_ENVIRONMENT = () => undefined;

function configOf(folder: TemporaryFolder, text: string): Config {
  const path = folder.write(`${crypto.randomUUID()}.ini`, text);
  return loadConfig({ path, explicit: true, environment: NO_ENVIRONMENT });
}

function hubConfig(folder: TemporaryFolder, hub: string, mqtt = ""): Config {
  return configOf(folder, `[hub]\nstate = ${folder.file("state")}\n${hub}\n[mqtt]\n${mqtt}\n`);
}

Deno.test("the printed configuration names broker, credential, id and name", async () => {
  using folder = new TemporaryFolder();
  const config = hubConfig(folder, "broker_listen = 192.0.2.7:1884", "topic_root = home/pis");
  const printed = enrol({ config, id: "john-snow", name: "John Snow" });
  const { mqtt, node } = configOf(folder, printed);
  assert.deepEqual([mqtt.host, mqtt.port, mqtt.tls], ["192.0.2.7", 1884, false]);
  assert.deepEqual([mqtt.username, mqtt.topicRoot], ["john-snow", "home/pis"]);
  assert.deepEqual([node.id, node.name], ["john-snow", "John Snow"]);
  const credentials = new Credentials(passwordFile(config));
  assert.equal(await credentials.verify("john-snow", mqtt.password ?? ""), true);
  assert.equal(revoke({ config, id: "john-snow" }), true);
  const fresh = new Credentials(passwordFile(config));
  assert.equal(await fresh.verify("john-snow", mqtt.password ?? ""), false);
  assert.equal(revoke({ config, id: "john-snow" }), false);
});

Deno.test("a node is called by its id unless it has a name, and by whatever name it has", () => {
  using folder = new TemporaryFolder();
  const config = hubConfig(folder, "broker_listen = 192.0.2.7:1883");
  assert.equal(configOf(folder, enrol({ config, id: "pi-1" })).node.name, "pi-1");
  for (const name of ["Käthe's Pi", "a = b", "# one", "; two", "[three]", '"four"', "<b>", " x "]) {
    const { node } = configOf(folder, enrol({ config, id: "pi-1", name }));
    assert.equal(node.name, name.trim());
  }
});

Deno.test("a name or an id that cannot be leaves the old credential in force", async () => {
  using folder = new TemporaryFolder();
  const config = hubConfig(folder, "broker_listen = 192.0.2.7:1883");
  const { mqtt } = configOf(folder, enrol({ config, id: "pi-1" }));
  for (const name of ["", " ", "two\nlines", "x".repeat(65)]) {
    assert.throws(() => enrol({ config, id: "pi-1", name }), /Expected a name/);
  }
  assert.throws(() => enrol({ config, id: "Pi 1" }), /expected 1 to 63 lower-case letters/);
  assert.throws(() => enrol({ config, id: "all" }), /another id, because "all" means every Pi/);
  assert.throws(() => enrol({ config, id: "off" }), /another id, because "off" ends a silence/);
  assert.throws(() => enrol({ config, id: "2h" }), /another id, because "2h" is a duration/);
  assert.throws(() => enrol({ config, id: "-v" }), /another id, because commands take "-v" for/);
  assert.throws(() => enrol({ config, id: "hub" }), /is the hub itself/);
  const credentials = new Credentials(passwordFile(config));
  assert.equal(await credentials.verify("pi-1", mqtt.password ?? ""), true);
});

Deno.test("a broker on all addresses is named by one that others reach", () => {
  using folder = new TemporaryFolder();
  const config = hubConfig(folder, "broker_listen = 0.0.0.0:1883");
  const { mqtt } = configOf(folder, enrol({ config, id: "pi-1" }));
  assert.equal(mqtt.host, reachableAddress());
  assert.equal(mqtt.host.startsWith("127."), false);
});

Deno.test("the reachable address is a network's, IPv4 first, else the mDNS name", () => {
  const lo = { name: "lo", family: "IPv4", address: "127.0.0.1" } as const;
  const inner = { name: "docker0", family: "IPv4", address: "172.17.0.1" } as const;
  const local = { name: "eth0", family: "IPv6", address: "fe80::1" } as const;
  const v6 = { name: "eth0", family: "IPv6", address: "2001:db8::7" } as const;
  const v4 = { name: "wlan0", family: "IPv4", address: "192.168.1.5" } as const;
  assert.equal(reachableAddress([lo, inner, local, v6, v4]), "192.168.1.5");
  assert.equal(reachableAddress([lo, local, v6]), "2001:db8::7");
  assert.match(reachableAddress([lo, inner, local]), /\.local$/);
});

Deno.test("with a Mosquitto the configuration names it, TLS included, and the hub enrols itself", () => {
  using folder = new TemporaryFolder();
  const caFile = folder.write("ca.crt", "-----BEGIN CERTIFICATE-----\n");
  const ca = `ca_file = ${caFile}`;
  const config = hubConfig(folder, "broker = none", `url = mqtts://cluster.internal:8883\n${ca}`);
  const printed = enrol({ config, id: "pi-1" });
  const { mqtt } = configOf(folder, printed);
  assert.deepEqual([mqtt.host, mqtt.port, mqtt.tls], ["cluster.internal", 8883, true]);
  assert.equal(mqtt.caFile, caFile);
  assert.match(printed, /systemctl reload mosquitto/);
  assert.equal(configOf(folder, enrol({ config, id: "hub" })).mqtt.username, "hub");
});

Deno.test("as many nodes are enrolled as the broker serves: 2,000 by the embedded one, 20,000 by Mosquitto", () => {
  using folder = new TemporaryFolder();
  const external = "url = mqtt://cluster.internal:1883";
  for (
    const [config, max] of [
      [hubConfig(folder, "broker = embedded"), 2000],
      [hubConfig(folder, "broker = none", external), 20_000],
    ] as const
  ) {
    const users = ["hub", ...Array.from({ length: max - 1 }, (_, number) => `pi-${number}`)];
    assert.ok(hasRoomFor("the-last", users, config));
    const full = [...users, "the-last"];
    assert.ok(!hasRoomFor("one-more", full, config));
    assert.ok(hasRoomFor("the-last", full, config), "its credential may be renewed");
  }
});

Deno.test("hub enrol says what helps when the embedded broker is full", async () => {
  await using hub = await startHub();
  hub.credential("pi-0");
  enrolCrowd({ path: join(hub.statePath, "passwd"), from: 1, nodes: 1999 });
  const { code, text } = await hub.run("enrol", "one-more");
  assert.equal(code, 1, text);
  assert.match(text, /2000 nodes have a credential, as many as possible: .* Mosquitto/);
  assert.equal((await hub.run("enrol", "pi-0", "--renew")).code, 0);
  const answer = await hub.fetch("/api/v1/enrol", {
    method: "POST",
    headers: { Authorization: `Bearer ${hub.password}`, "Content-Type": "application/json" },
    body: JSON.stringify({ id: "one-more" }),
  });
  assert.equal(answer.status, 409, await answer.clone().text());
  assert.match(await answer.text(), /"full".*2000 nodes/);
});
