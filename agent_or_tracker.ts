/**
 * The executable that agent and tracker share, because each of them needs the same 90 MB of Deno. It
 * becomes the program by whose name it was started, and first gives up what only the other one may.
 */

import process from "node:process";

/**
 * By program, what this executable may and the program may not. `scripts/bundle.ts` inserts it.
 */
declare const FOREIGN: Readonly<Record<string, readonly Deno.PermissionDescriptor[]>>;

/** `rpi-cluster-agent`, `agent`, `/usr/local/bin/agent`, `dist/agent-x86_64`. */
const NAME = /(?:^|[/-])(agent|tracker)(?:-[^/]*)?$/;
/** The exit code for a wrong call of a program. */
const USAGE = 2;

const program = NAME.exec(process.argv0)?.[1] ?? "";
const foreign = FOREIGN[program];
if (foreign === undefined) {
  console.error(
    `"${process.argv0}" names neither the agent nor the tracker. Call this file rpi-cluster-agent ` +
      "or rpi-cluster-tracker.",
  );
  Deno.exit(USAGE);
}
for (const permission of foreign) Deno.permissions.revokeSync(permission);
await import(new URL(`./${program}.js`, import.meta.url).href);
