/** The Mosquitto configuration that we hand out, as it stands, in a real Mosquitto. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Credentials } from "../../hub/credentials.ts";
import { type BrokerUnderTest, testBroker } from "../support/broker_suite.ts";
import { freePort } from "../support/free_port.ts";
import { Mosquitto } from "../support/mosquitto.ts";
import { TestClient } from "../support/mqtt_client.ts";
import { TemporaryFolder } from "../support/temporary_folder.ts";

const SAMPLES = join(import.meta.dirname ?? ".", "../../packaging/mosquitto");
const TLS = "rpi-cluster-alert-tls.conf";

/** A Mosquitto with our files in its `conf.d`, as on Debian; only paths and ports are the test's. */
async function startSample(tls?: Certificates): Promise<BrokerUnderTest & { tlsPort: number }> {
  const folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const hubPassword = credentials.enrol("hub");
  const tlsPort = freePort();
  const mosquitto = await Mosquitto.start({
    config: ({ port }) => {
      const own = `${folder.path}/`;
      Deno.mkdirSync(folder.file("conf.d"));
      folder.write("rules.acl", sample("rpi-cluster-alert.acl"));
      folder.write(
        "conf.d/rpi-cluster-alert.conf",
        replaced(sample("rpi-cluster-alert.conf"), {
          "/var/lib/rpi-cluster-alert/passwd": folder.file("passwd"),
          "/etc/mosquitto/rpi-cluster-alert.acl": folder.file("rules.acl"),
          "\nlistener 1883\n": `\nlistener ${port} 127.0.0.1\n`,
        }),
      );
      if (tls !== undefined) {
        folder.write(
          `conf.d/${TLS}`,
          replaced(sample(TLS), {
            "\nlistener 8883\n": `\nlistener ${tlsPort} 127.0.0.1\n`,
            "\ncertfile /etc/mosquitto/certs/": `\ncertfile ${tls.folder}/`,
            "\nkeyfile /etc/mosquitto/certs/": `\nkeyfile ${tls.folder}/`,
          }),
        );
      }
      // As root it would become user mosquitto, who may not look into a test's folder.
      return `user root\npersistence true\npersistence_location ${own}\ninclude_dir ${own}conf.d\n`;
    },
  });
  return {
    port: mosquitto.port,
    tlsPort,
    credentials,
    hubPassword,
    apply: () => mosquitto.signal("SIGHUP"),
    [Symbol.asyncDispose]: async () => {
      await mosquitto[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

interface Certificates {
  readonly folder: string;
  readonly ca: string;
}

/** By the very commands that the sample's comment gives, for 127.0.0.1. */
async function makeCertificates(folder: string): Promise<Certificates> {
  const commands = sample(TLS).split("\n")
    .filter((line) => /^# {3}(openssl|printf| )/.test(line))
    .map((line) => line.slice(4)).join("\n");
  const script = replaced(commands, { "IP:192.168.1.5": "IP:127.0.0.1" });
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-e", "-c", script],
    cwd: folder,
    stdin: "null",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return { folder, ca: Deno.readTextFileSync(join(folder, "ca.crt")) };
}

function sample(name: string): string {
  return Deno.readTextFileSync(join(SAMPLES, name));
}

function replaced(text: string, replacements: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), `the sample has no ${JSON.stringify(from)}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

testBroker("Mosquitto with our configuration", () => startSample());

Deno.test("Mosquitto with our TLS configuration serves those who trust our authority", async () => {
  using folder = new TemporaryFolder();
  const certificates = await makeCertificates(folder.path);
  await using broker = await startSample(certificates);
  const login = { port: broker.tlsPort, username: "hub", password: broker.hubPassword };
  const tls = { hostname: "127.0.0.1", ca: certificates.ca };
  await using hub = await TestClient.connect({ ...login, tls });
  await hub.subscribe("rpi-cluster/v1/#");
  await hub.publish("rpi-cluster/v1/hub/echo", "echo");
  await hub.heard("its echo over TLS", ({ payload }) => payload === "echo");
  await assert.rejects(TestClient.connect({ ...login, tls: { ...tls, hostname: "localhost" } }));
});

Deno.test("Mosquitto with our TLS configuration convinces nobody who does not", async () => {
  using folder = new TemporaryFolder();
  const certificates = await makeCertificates(folder.path);
  await using broker = await startSample(certificates);
  using strangers = new TemporaryFolder();
  const { ca } = await makeCertificates(strangers.path);
  const login = { port: broker.tlsPort, username: "hub", password: broker.hubPassword };
  await assert.rejects(
    TestClient.connect({ ...login, tls: { hostname: "127.0.0.1", ca } }),
    /certificate/,
  );
});
