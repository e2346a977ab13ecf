/** The script that a new Pi runs. A POSIX shell (dash, busybox) with curl and awk is enough. */

import type { HubAddress } from "./hub_address.ts";
import type { NodePackage } from "./package_folder.ts";
import { scriptBody } from "./script_body.ts";
import { quoted } from "./shell_word.ts";

export interface ScriptValues {
  readonly address: HubAddress;
  readonly token: string;
  /** Known to this run of the script alone. */
  readonly key: string;
  readonly node: string;
  readonly name: string;
  readonly packages: readonly NodePackage[];
  readonly updates: UpdateChoice;
}

/** Whether the Pi takes upgrades from this hub; `undefined`: as before. */
export type UpdateChoice = UpdateTrust | false | undefined;

/** By what the Pi recognises what comes from its hub. */
export interface UpdateTrust {
  /** The public key of the hub's signatures. */
  readonly key: string;
  /** The pin of the hub's own key for TLS; `undefined`: the Pi trusts the authority of the page. */
  readonly pin: string | undefined;
}

/** Returns the script for one run. */
export function joinScript(
  { address, token, key, node, name, packages, updates }: ScriptValues,
): string {
  const values = {
    HUB: address.url,
    HOST: new URL(address.url).hostname,
    PIN: address.pin === undefined ? "" : `sha256//${address.pin}`,
    TOKEN: token,
    KEY: key,
    NODE: node,
    NAME: name,
    ...updateValues(updates),
    PACKAGES: packages.map(({ sha256, file }) => `${sha256}  ${file}`).join("\n"),
  };
  const lines = Object.entries(values).map(([variable, value]) => `${variable}=${quoted(value)}`);
  return scriptBody(lines.join("\n"));
}

function updateValues(updates: UpdateChoice): Readonly<Record<string, string>> {
  if (updates === undefined) return { UPDATES: "as before", UPDATE_KEY: "", UPDATE_PIN: "" };
  if (updates === false) return { UPDATES: "no", UPDATE_KEY: "", UPDATE_PIN: "" };
  return { UPDATES: "yes", UPDATE_KEY: updates.key, UPDATE_PIN: updates.pin ?? "" };
}
