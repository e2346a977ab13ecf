/** Puts koffi, by which Node.js calls C libraries, beside the bundles. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };
import { PROJECT, runDeno } from "./project.ts";

/** By Node.js's names: the Pi, and the machines on which tests run. */
const ARCHITECTURES = ["arm", "arm64", "x64"] as const;
type KoffiArchitecture = typeof ARCHITECTURES[number];

/** Where the bundles look for it, if it is not beside them. */
export function koffiPath(architecture: KoffiArchitecture): string {
  return join(PROJECT, "dist/koffi", `linux-${architecture}`, "koffi.node");
}

/** Copies the native file for each architecture from its package. */
export async function placeKoffi(): Promise<void> {
  for (const architecture of ARCHITECTURES) {
    const name = `@koromix/koffi-linux-${architecture}` as const;
    const folder = await folderOf(config.imports[name]);
    const target = koffiPath(architecture);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(join(folder, abiIn(folder), "koffi.node"), target);
  }
}

/** The package is fetched when it is not there, also one for another machine. */
async function folderOf(specifier: string): Promise<string> {
  await runDeno(["cache", "--quiet", specifier], { stdout: "null" });
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", `console.log(import.meta.resolve("${specifier}"))`],
    cwd: PROJECT,
    stderr: "inherit",
  }).output();
  const url = new TextDecoder().decode(stdout).trim();
  if (code !== 0 || !url.startsWith("file:")) {
    throw new Error(`Cannot find the package ${specifier}`);
  }
  return dirname(fileURLToPath(url));
}

/** Some packages have another one for musl. */
function abiIn(folder: string): string {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  const abi = names.find((name) => name.startsWith("linux_"));
  if (abi === undefined) throw new Error(`${folder} has no file for Linux: ${names.join(", ")}`);
  return abi;
}
