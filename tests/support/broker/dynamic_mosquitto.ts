/** A real Mosquitto with its dynamic-security plugin, as our sample configures it. */

import assert from "node:assert/strict";
import { seedText } from "../../../hub/dynamic_security/seed.ts";
import { sample } from "./sample_mosquitto.ts";
import { Mosquitto } from "./mosquitto.ts";

const PLUGIN_CONF = "rpi-cluster-alert-dynamic-security.conf";
const PLUGIN = "mosquitto_dynamic_security.so";

export interface DynamicMosquitto extends AsyncDisposable {
  readonly port: number;
  readonly mosquitto: Mosquitto;
  /** The plugin's own file, which only Mosquitto writes. */
  readonly pluginFile: string;
}

/** Starts one whose plugin begins with the credentials in `hashes`. */
export async function startDynamic(
  hashes: ReadonlyMap<string, string>,
): Promise<DynamicMosquitto> {
  const mosquitto = await Mosquitto.start({
    config({ port, folder }) {
      const pluginFile = pluginFileIn(folder);
      Deno.writeTextFileSync(pluginFile, seedText(hashes, "rpi-cluster"));
      return confOf({ port, pluginFile, folder });
    },
  });
  return {
    port: mosquitto.port,
    mosquitto,
    pluginFile: pluginFileIn(mosquitto.folder),
    [Symbol.asyncDispose]: () => mosquitto[Symbol.asyncDispose](),
  };
}

function pluginFileIn(folder: string): string {
  return `${folder}/dynamic-security.json`;
}

/** Both of our files, changed as the second one says; only paths and the port differ. */
function confOf(
  { port, pluginFile, folder }: {
    readonly port: number;
    readonly pluginFile: string;
    readonly folder: string;
  },
): string {
  const main = sample("rpi-cluster-alert.conf").replaceAll(/^(?=password_file |acl_file )/gm, "#");
  assert.equal(main.match(/^#(?:password_file|acl_file) /gm)?.length, 2);
  const text = [
    // As root it would switch to user mosquitto, who cannot write a test's folder.
    "user root",
    `persistence_location ${folder}/`,
    main.replace("\nlistener 1883\n", `\nlistener ${port} 127.0.0.1\n`),
    sample(PLUGIN_CONF)
      .replace(/\/usr\/lib\/\S+\.so/, pluginPath())
      .replace("/var/lib/mosquitto/dynamic-security.json", pluginFile),
  ].join("\n");
  assert.ok(text.includes(`127.0.0.1\n`) && text.includes(pluginFile));
  return text;
}

function pluginPath(): string {
  for (const entry of Deno.readDirSync("/usr/lib")) {
    const path = `/usr/lib/${entry.name}/${PLUGIN}`;
    if (entry.isDirectory && exists(path)) return path;
  }
  throw new Error(`there is no ${PLUGIN}: install mosquitto`);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
