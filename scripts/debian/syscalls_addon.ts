/**
 * Builds the Node-API addon of `node/syscalls/`, by one call of a C compiler. As a program, it builds
 * the addon of the packages for 32-bit ARM in `dist/`.
 */

import { include_dir } from "node-api-headers";
import { dirname, join } from "node:path";
import { PROJECT } from "../project.ts";

/** The addon of the packages, whether it is there or not. */
export const ADDON_PATH = join(PROJECT, "dist/syscalls/linux-arm/syscalls.node");

/** A C compiler and the flags of a processor. */
export interface AddonTarget {
  readonly compiler: string;
  readonly flags: readonly string[];
}

/** The machine that builds. */
export const OWN_PROCESSOR: AddonTarget = { compiler: "gcc", flags: [] };

/** Pi 1 and Zero with Raspberry Pi OS, whose armhf is ARMv6. */
export const ARM_V6 = armV6("hard");

/** The same processor with Debian's armel, which loads no file for hardware floating point. */
export const ARM_V6_ARMEL = armV6("soft");

function armV6(floatingPoint: "hard" | "soft"): AddonTarget {
  return {
    compiler: "arm-linux-gnueabihf-gcc",
    flags: ["-march=armv6", "-mfpu=vfp", `-mfloat-abi=${floatingPoint}`, "-marm"],
  };
}

/** It calls nothing but Node.js: no C library, no start-up code, no tables for exceptions. */
const ALONE = [
  ...["-shared", "-fPIC", "-nostdlib", "-ffreestanding", "-fno-stack-protector"],
  ...["-fno-asynchronous-unwind-tables", "-fno-unwind-tables"],
];

/** Writes the addon to a path. Throws when the compiler is missing or refuses. */
export async function buildSyscalls(output: string, target: AddonTarget): Promise<void> {
  const source = join(PROJECT, "node/syscalls/syscalls.c");
  const { code, stderr } = await new Deno.Command(target.compiler, {
    args: [
      ...["-Os", "-s", "-Wall", "-Wextra", "-Werror", "-Wl,--build-id=none"],
      ...target.flags,
      ...ALONE,
      ...["-isystem", include_dir, "-o", output, source],
    ],
    stdin: "null",
    stdout: "null",
  }).output();
  if (code !== 0) throw new Error(`${target.compiler}: ${new TextDecoder().decode(stderr)}`);
}

/**
 * Builds the addon of the packages. Without the compiler it says so, and the packages are for Pis
 * from the 2 on.
 */
export async function provideAddon(): Promise<void> {
  await Deno.mkdir(dirname(ADDON_PATH), { recursive: true });
  try {
    await buildSyscalls(ADDON_PATH, ARM_V6);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn(`no syscalls.node for Pi 1 and Zero: ${ARM_V6.compiler} is not installed`);
  }
}

if (import.meta.main) await provideAddon();
