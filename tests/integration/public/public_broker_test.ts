/**
 * The broker of a hub on a public machine, with TLS and a host name, as `docs/public-hub.md`
 * describes it.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Authority, newAuthority } from "../../support/broker/authority.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { nameHindrance, NameView } from "../../support/network/name_server.ts";
import { runCommand } from "../../support/program/command.ts";
import { docBlock, replaced } from "../../support/program/doc_block.ts";
import { type Hub, startAgent, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const DOC = "docs/public-hub.md";
const SAMPLES = "packaging/mosquitto";
const NAME = "pis.example.org";

const hindrance = nameHindrance();

/** Our files with the changes from the document; only paths and ports differ. */
async function startMosquitto(
  { passwords, port, certificates }: {
    readonly passwords: string;
    readonly port: number;
    readonly certificates: string;
  },
): Promise<Mosquitto> {
  const sample = (name: string) => Deno.readTextFileSync(join(SAMPLES, name));
  const command = docBlock(DOC, "sh", "'s/^listener 1883$/");
  const [, of = "", by = ""] = /sed -i 's\/\^(.*)\$\/(.*)\/' /.exec(command) ?? [];
  return await Mosquitto.start({
    config: (broker) => {
      const rules = join(broker.folder, "rules.acl");
      Deno.writeTextFileSync(rules, sample("rpi-cluster-alert.acl"));
      const plain = replaced(sample("rpi-cluster-alert.conf"), { [`\n${of}\n`]: `\n${by}\n` });
      return [
        `user root\npersistence_location ${broker.folder}/\n`,
        replaced(plain, {
          [`\n${by}\n`]: `\n${by.replace("1883", String(broker.port))}\n`,
          "/var/lib/rpi-cluster-alert/passwd": passwords,
          "/etc/mosquitto/rpi-cluster-alert.acl": rules,
        }),
        replaced(sample("rpi-cluster-alert-tls.conf"), {
          "\nlistener 8883\n": `\nlistener ${port} 127.0.0.1\n`,
          "\ncertfile /etc/mosquitto/certs/": `\ncertfile ${certificates}/`,
          "\nkeyfile /etc/mosquitto/certs/": `\nkeyfile ${certificates}/`,
        }),
      ].join("\n");
    },
  });
}

/** Creates certbot's files and then runs the document's script. */
async function renew(lineage: string, certificates: string, authority: Authority): Promise<void> {
  Deno.mkdirSync(lineage, { recursive: true });
  Deno.copyFileSync(authority.certFile, join(lineage, "fullchain.pem"));
  Deno.copyFileSync(authority.keyFile, join(lineage, "privkey.pem"));
  const script = replaced(docBlock(DOC, "sh", "systemctl reload-or-restart mosquitto nginx"), {
    "/etc/mosquitto/certs": certificates,
    // The test reloads its own Mosquitto.
    "systemctl reload-or-restart mosquitto nginx": "true",
  });
  const env = { PATH: Deno.env.get("PATH") ?? "", RENEWED_LINEAGE: lineage };
  const { code, stderr } = await runCommand("sh", { args: ["-c", script], env });
  assert.equal(code, 0, stderr);
}

/** Returns the password that `hub enrol hub` prints. */
async function hubLogin(hub: Hub): Promise<Readonly<Record<string, string>>> {
  const { code, text } = await hub.run("enrol", "hub");
  assert.equal(code, 0, text);
  const [, url = ""] = /^url = (.*)$/m.exec(text) ?? [];
  const [, username = ""] = /^username = (.*)$/m.exec(text) ?? [];
  const [, password = ""] = /^password = (.*)$/m.exec(text) ?? [];
  return { url, username, password };
}

Deno.test({
  name:
    "hub and Pis reach a public broker by its name over TLS, and a renewed certificate ends nothing",
  ignore: hindrance !== undefined && Deno.env.get("CI") !== "true",
  fn: async () => {
    using folder = new TemporaryFolder();
    const first = await newAuthority(folder.file("first"), [NAME]);
    const [lineage, certificates] = [folder.file("live"), folder.file("certs")];
    await renew(lineage, certificates, first);
    const port = freePort();
    const url = `mqtts://${NAME}:${port}`;
    using view = new NameView({ hosts: [`127.0.0.1 ${NAME}`] });
    const mqtt = { url, ca_file: first.caFile };
    await using hub = await startHub({ mqtt, hub: { broker: "none" } }, view);
    const login = await hubLogin(hub);
    assert.equal(login["url"], url, "Pis are told the name by which the hub finds its broker");
    const passwords = join(hub.statePath, "passwd");
    await using broker = await startMosquitto({ passwords, port, certificates });
    await hub.stop();
    hub.configure({ mqtt: { ...mqtt, ...login }, hub: { broker: "none" } });
    await hub.start();
    await hub.untilSeeing();

    const config = await hub.enrol("john-snow", "John Snow");
    broker.signal("SIGHUP");
    assert.deepEqual([config.mqtt?.url, config.mqtt?.ca_file], [url, first.caFile]);
    await using agent = await startAgent(config, view);
    await agent.process.line(` connected broker=${NAME}`);
    await hub.waitForLiveness("john-snow", "alive");

    const second = await newAuthority(folder.file("second"), [NAME]);
    await renew(lineage, certificates, second);
    broker.signal("SIGHUP");
    const client = { port, username: "hub", password: login["password"] ?? "" };
    const trusting = ({ caFile }: Authority) =>
      TestClient.connect({
        ...client,
        tls: { hostname: "127.0.0.1", ca: Deno.readTextFileSync(caFile) },
      });
    await until("the renewed certificate", () =>
      trusting(second).then(async (connection) => {
        await connection[Symbol.asyncDispose]();
        return true;
      }, () => false));
    await assert.rejects(trusting(first), /certificate/);
    assert.equal((await hub.nodes())[0]?.liveness, "alive");
    assert.ok(!agent.process.lines.some((line) => line.includes(" disconnected ")));
  },
});
