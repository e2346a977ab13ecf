/** What agent and tracker run on in tests: Deno, or Node.js with their bundles. */

import { join } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { bundlePath } from "../../../scripts/bundle_path.ts";
import {
  ENTRY,
  ownArchitecture,
  permissionFlags,
  type Program,
  type Scope,
} from "../../../scripts/permissions.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { RUNTIME_VARIABLE } from "../../../scripts/suite/runtime.ts";
import { runCommand } from "./command.ts";
import { ownExecutable } from "./executable.ts";

export interface ProgramChoice {
  readonly program: Program;
  /** Restricts the permissions of a program that is not compiled. */
  readonly scope?: Scope;
  /** Runs `dist/NAME-ARCHITECTURE` instead of the sources. */
  readonly compiled?: boolean;
  /** Default: that of this run. */
  readonly runtime?: Runtime;
  /** The folder of another version of the project, whose sources run with every permission. */
  readonly tree?: string;
}

const AGENT_IN_SHELL = join(PROJECT, "packaging/shell/agent.sh");

/** The command that starts a program, by what runs it. */
const COMMANDS = {
  deno: ({ program, scope, compiled = false, tree }: ProgramChoice): readonly string[] => {
    if (compiled) return [ownExecutable(program)];
    const run = [Deno.execPath(), "run", "--quiet", "--no-check"];
    if (tree !== undefined) {
      const config = `--config=${join(tree, "deno.json")}`;
      return [...run, "--allow-all", "--unstable-net", config, join(tree, ENTRY[program])];
    }
    const flags = permissionFlags(program, ownArchitecture(), scope);
    const source = join(PROJECT, ENTRY[program]);
    return [...run, ...flags, source];
  },
  node: (choice: ProgramChoice): readonly string[] => {
    const { program } = choice;
    if (program === "hub") return COMMANDS.deno(choice);
    return ["/usr/bin/perl", STARTER, NODE, ownBundle(program)];
  },
  dash: inShell("dash"),
  busybox: inShell("busybox", "sh"),
  bash: inShell("bash"),
} as const;

export type Runtime = keyof typeof COMMANDS;
/** Those of the agent in shell. */
export type Shell = Exclude<Runtime, "deno" | "node">;

function inShell(...shell: readonly string[]) {
  return ({ program }: ProgramChoice): readonly string[] => {
    if (program !== "agent") throw new Error(`there is no ${program} in shell`);
    return [...shell, AGENT_IN_SHELL];
  };
}

/** Connects to systemd and becomes Node.js. */
export const STARTER = join(PROJECT, "packaging/node/start.pl");
export const NODE = "/usr/bin/node";

/** What agents and trackers of this run are started on. Hubs always run on Deno. */
export const ownRuntime: Runtime = Deno.env.get(RUNTIME_VARIABLE) === "node" ? "node" : "deno";

export function commandOf(choice: ProgramChoice): readonly string[] {
  return COMMANDS[choice.runtime ?? ownRuntime](choice);
}

/** Returns the path of a bundle. Throws with advice when it was not made. */
export function ownBundle(program: "agent" | "tracker"): string {
  const path = bundlePath(program);
  if (statIfAny(path)?.isFile !== true) {
    throw new Error(`There is no ${path}: run \`./denow task bundle\` first`);
  }
  return path;
}

/** Returns all files that a compiled agent or tracker is started from, without their libraries. */
export async function filesOf(program: "agent" | "tracker"): Promise<readonly string[]> {
  if (ownRuntime === "deno") return [ownExecutable(program)];
  const { stdout } = await runCommand("/usr/bin/perl", { args: ["-e", MODULES_OF_STARTER] });
  const modules = stdout.split("\n").filter((path) => path !== "");
  return ["/usr/bin/perl", STARTER, ...modules, NODE, ownBundle(program)];
}

/** Prints the files of the modules, and of their native parts. */
const MODULES_OF_STARTER = `use strict; use warnings; use Fcntl; use Socket;
print "$_\\n" for values %INC, @DynaLoader::dl_shared_objects`;
