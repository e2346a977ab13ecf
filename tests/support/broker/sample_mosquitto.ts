/**
 * A Mosquitto with the configuration that we distribute, and certificates made as its comment
 * describes.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Credentials } from "../../../hub/credentials/credentials.ts";
import { freePort } from "../network/free_port.ts";
import { TemporaryFolder } from "../program/temporary_folder.ts";
import type { BrokerUnderTest } from "./tested_broker.ts";
import { Mosquitto } from "./mosquitto.ts";

const SAMPLES = join(import.meta.dirname ?? ".", "../../../packaging/mosquitto");
export const TLS = "rpi-cluster-alert-tls.conf";

export interface SampleMosquitto extends BrokerUnderTest {
  readonly tlsPort: number;
  readonly pid: number;
  readonly mosquitto: Mosquitto;
  /** The file of retained messages. */
  readonly database: string;
}

export interface SampleOptions {
  readonly tls?: Certificates;
  /** Further texts of the configuration to replace. */
  readonly changes?: Readonly<Record<string, string>>;
  /** A command that becomes Mosquitto. */
  readonly through?: readonly string[];
}

/** Starts a Mosquitto with our files in its `conf.d`, as on Debian; only paths and ports differ. */
export async function startSample(
  { tls, changes = {}, through = [] }: SampleOptions = {},
): Promise<SampleMosquitto> {
  const folder = new TemporaryFolder();
  const credentials = new Credentials(folder.file("passwd"));
  const hubPassword = credentials.enrol("hub");
  const tlsPort = freePort();
  const mosquitto = await Mosquitto.start({
    through,
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
          ...changes,
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
      // As root it would switch to user mosquitto, who cannot read a test's folder.
      return `user root\npersistence true\npersistence_location ${own}\ninclude_dir ${own}conf.d\n`;
    },
  });
  return {
    port: mosquitto.port,
    tlsPort,
    pid: mosquitto.pid,
    mosquitto,
    database: folder.file("mosquitto.db"),
    credentials,
    hubPassword,
    apply: () => mosquitto.signal("SIGHUP"),
    [Symbol.asyncDispose]: async () => {
      await mosquitto[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

export interface Certificates {
  readonly folder: string;
  readonly ca: string;
}

/** Uses the commands from the sample's comment, for 127.0.0.1. */
export async function makeCertificates(folder: string): Promise<Certificates> {
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

export function sample(name: string): string {
  return Deno.readTextFileSync(join(SAMPLES, name));
}

function replaced(text: string, replacements: Readonly<Record<string, string>>): string {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), `the sample has no ${JSON.stringify(from)}`);
    text = text.replaceAll(from, to);
  }
  return text;
}
