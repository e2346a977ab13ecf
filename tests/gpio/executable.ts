/** Programs for the guest, compiled by the project's own recipe. */
import { FFI_PATHS } from "../../ffi/library.ts";
import { bundleProgram } from "../../scripts/bundle.ts";
import { permissionFlags, type Program } from "../../scripts/permissions.ts";
import { PROJECT, runDeno } from "../../scripts/project.ts";
import { bundleNodeProgram, type NodeAccess } from "./arm/node_program.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { Guest, type Machine, type Userland } from "./guest.ts";

/** Executables are for these guests. */
const ARCHITECTURE = "x86_64";

export interface GuestSetting {
  readonly userland: Userland;
  /** One of `programs/`, which the guest has in /app. */
  readonly program: "indicate" | "lines";
  /** Default: the machine that runs executables. */
  readonly machine?: Machine;
  /** How a program on Node.js reaches the kernel. Default: "koffi". */
  readonly access?: NodeAccess;
}

/** Boots a guest that has a program, and ends the guest after the story. */
export async function withGuest(
  { userland, program, machine = "x86_64", access = "koffi" }: GuestSetting,
  story: (guest: Guest) => Promise<void>,
): Promise<void> {
  using folder = new TemporaryFolder();
  const source = `tests/gpio/programs/${program}.ts`;
  if (machine === "x86_64") await compileTestProgram(source, folder.file(program));
  else await bundleNodeProgram(source, folder.file(program), access);
  await using guest = await Guest.boot(userland, folder.path, machine);
  await story(guest);
}

/** Compiles one of the tests' own programs, which may load libgpiod and do nothing else. */
async function compileTestProgram(source: string, output: string): Promise<void> {
  const bundle = `${output}.js`;
  await runDeno(["bundle", "--quiet", `--output=${bundle}`, source], { stdout: "null" });
  await compile(bundle, output, [
    "--no-prompt",
    `--allow-ffi=${FFI_PATHS[ARCHITECTURE].join(",")}`,
  ]);
  await Deno.remove(bundle);
}

/** Copies a program from `dist/`, or compiles it when it is not there. */
export async function provideProgram(program: Program, output: string): Promise<void> {
  try {
    await Deno.copyFile(`${PROJECT}/dist/${program}-${ARCHITECTURE}`, output);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await compile(await bundleProgram(program), output, permissionFlags(program, ARCHITECTURE));
  }
}

/** DENORT_BIN_X86_64 names a runtime to use instead of the one that Deno would download. */
async function compile(bundle: string, output: string, flags: readonly string[]): Promise<void> {
  const denort = Deno.env.get("DENORT_BIN_X86_64");
  await runDeno([
    ...["compile", "--quiet", "--no-check", "--no-config", "--no-code-cache"],
    ...[`--target=${ARCHITECTURE}-unknown-linux-gnu`, "--v8-flags=--jitless"],
    ...flags,
    `--output=${output}`,
    bundle,
  ], { env: denort ? { DENORT_BIN: denort } : {} });
}
