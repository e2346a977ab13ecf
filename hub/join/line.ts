/** The commands that a person runs on a new Pi. */

import type { HubAddress } from "./hub_address.ts";
import { shellWord } from "./shell_word.ts";

export interface JoinCommands {
  /** Does everything. */
  readonly line: string;
  /** The same for people who read a script before they run it. */
  readonly commands: readonly string[];
}

/** curl checks a pinned key also where it accepts any certificate. */
export function joinCommands({ url, pin }: HubAddress, token: string): JoinCommands {
  const pinned = pin === undefined ? "" : `-k --pinnedpubkey sha256//${pin} `;
  const fetch = `curl -fsSL ${pinned}${shellWord(`${url}/join/${token}`)}`;
  return {
    line: `${fetch} | sudo sh`,
    commands: [`${fetch} -o join.sh`, "less join.sh", "sudo sh join.sh"],
  };
}
