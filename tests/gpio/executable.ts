/** Programs for the guest, compiled by the project's own recipe. */
import { FFI_PATHS } from "../../ffi/library.ts";
import { bundleProgram } from "../../scripts/bundle.ts";
import { permissionFlags, type Program } from "../../scripts/permissions.ts";
import { PROJECT, runDeno } from "../../scripts/project.ts";

/** Guests are x86-64 machines. */
const ARCHITECTURE = "x86_64";

/** Compiles one of the tests' own programs, which may load libgpiod and do nothing else. */
export async function compileTestProgram(source: string, output: string): Promise<void> {
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
