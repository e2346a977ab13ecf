/** Programs for 32-bit guests, which run on Node.js. */
import { dirname, join } from "node:path";
import { bundleForNode } from "../../../scripts/bundle_node.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { ARM_V6, buildSyscalls } from "../../../scripts/debian/syscalls_addon.ts";

/** How a program reaches the kernel: by libraries, or by system calls alone. */
export type NodeAccess = "koffi" | "addon";

/** koffi for 32-bit ARM, as `task bundle` provides it. */
const KOFFI = join(PROJECT, "dist/koffi/linux-arm/koffi.node");

/** Bundles a source of the project, and makes `program` a command that starts the bundle. */
export async function bundleNodeProgram(
  source: string,
  program: string,
  access: NodeAccess,
): Promise<void> {
  await bundleForNode(join(PROJECT, source), `${program}.mjs`);
  await makeCommand(program, access);
}

/** The tracker's bundle of `dist/`, as a command. */
export async function provideNodeTracker(program: string, access: NodeAccess): Promise<void> {
  await Deno.copyFile(join(PROJECT, "dist/tracker.mjs"), `${program}.mjs`);
  await makeCommand(program, access);
}

/** Starts the bundle of the same name, with the flags of the packages. */
async function makeCommand(program: string, access: NodeAccess): Promise<void> {
  const folder = dirname(program);
  if (access === "koffi") await Deno.copyFile(KOFFI, join(folder, "koffi.node"));
  else await buildSyscalls(join(folder, "syscalls.node"), ARM_V6);
  const script = '#!/bin/sh\nexec /usr/bin/node --jitless "$0.mjs" "$@"\n';
  await Deno.writeTextFile(program, script, { mode: 0o755 });
}
