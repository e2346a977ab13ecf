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
}

/** Returns the script for one run. */
export function joinScript({ address, token, key, node, name, packages }: ScriptValues): string {
  const values = {
    HUB: address.url,
    HOST: new URL(address.url).hostname,
    PIN: address.pin === undefined ? "" : `sha256//${address.pin}`,
    TOKEN: token,
    KEY: key,
    NODE: node,
    NAME: name,
    PACKAGES: packages.map(({ sha256, file }) => `${sha256}  ${file}`).join("\n"),
  };
  const lines = Object.entries(values).map(([variable, value]) => `${variable}=${quoted(value)}`);
  return scriptBody(lines.join("\n"));
}
