/** The permissions of each program, as flags for compiling and for `deno run`. */

import { ENVIRONMENT_NAMES } from "../core/config/keys.ts";
import { IP_PATHS } from "../core/network/view.ts";
import { FFI_PATHS } from "../ffi/library.ts";

/** The three programs, by the name of their executables. */
export type Program = "agent" | "tracker" | "hub";

/** The entry file of each program, in the project's folder. */
export const ENTRY: Readonly<Record<Program, string>> = {
  agent: "agent.ts",
  tracker: "tracker.ts",
  hub: "hub/main.ts",
};

/** The targets of executables, as in their names. */
export type Architecture = "x86_64" | "aarch64";
export const ARCHITECTURES: readonly Architecture[] = ["x86_64", "aarch64"];

/**
 * Restricts a program whose configuration is known to the caller: `host:port` for the network,
 * absolute paths for writing.
 */
export interface Scope {
  readonly net?: readonly string[];
  readonly write?: readonly string[];
}

/** Which authorities Deno trusts: agent and tracker empty that list where `[mqtt] ca` names one. */
const AUTHORITIES: readonly string[] = ["DENO_CERT", "DENO_TLS_CA_STORE"];

/**
 * Every variable that a program reads. The rest of the environment is hidden (`--ignore-env`),
 * because packages list all variables at import, which a list of names alone would forbid. Programs
 * also set `TZ`, by `[hub] time_zone`.
 */
const ENVIRONMENT: readonly string[] = [
  ...ENVIRONMENT_NAMES,
  ...AUTHORITIES,
  "NO_COLOR",
  "NOTIFY_SOCKET",
  "RUNTIME_DIRECTORY",
  "TZ",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
];

/** Deno's names of what a program learns about its machine. */
type SystemKind = NonNullable<Deno.SysPermissionDescriptor["kind"]>;

/** Deno's information about the machine for an agent: name, addresses, free disk space. */
const AGENT_SYSTEM: readonly SystemKind[] = ["hostname", "networkInterfaces", "statfs"];
/**
 * A hub writes its own address into the configuration of each Pi that it enrols, and looks whether a
 * backup fits on the disk.
 */
const HUB_SYSTEM: readonly SystemKind[] = ["hostname", "networkInterfaces", "osUptime", "statfs"];
/** A tracker needs its own addresses, and waits longer for the others while all boot. */
const TRACKER_SYSTEM: readonly SystemKind[] = ["hostname", "networkInterfaces", "osUptime"];

/**
 * Deno 2 opens files below /proc and /sys only for a program with every permission ("Requires all
 * access"). So the programs read them through this command, which can do nothing else.
 */
const READS_WITH = "/usr/bin/head";

/** The agent's disk checks run in a shell, because they may hang in the kernel. */
const AGENT_CHECKS_WITH = "/bin/sh";

/**
 * Shows an agent or a hub that is asked to stop whether it restarts, or the whole machine stops.
 */
const ASKS_SYSTEMD_WITH = "/usr/bin/systemctl";

/** The doctors' question whether the clock is synchronised. Only root can set the clock by it. */
const ASKS_THE_CLOCK_WITH = "/usr/bin/timedatectl";

/** Hangs in place of the hub when the disk does not answer. */
const HUB_READS_ITS_DISK_WITH = "/usr/bin/dd";

/** The hub's doctor, which root runs, starts itself again as the hub's user. */
const HUB_ITSELF: readonly string[] = ["/usr/bin/rpi-cluster-hub", "/usr/local/bin/hub"];

/** Reports to an observer that its own cable is disconnected, and identifies the machine's boot. */
const OBSERVER_ASKS: readonly string[] = [...IP_PATHS, READS_WITH];

const HUB_RUNS: readonly string[] = [
  ...OBSERVER_ASKS,
  ASKS_SYSTEMD_WITH,
  ASKS_THE_CLOCK_WITH,
  HUB_READS_ITS_DISK_WITH,
  ...HUB_ITSELF,
];

/**
 * systemd's notify socket, and the folder of the unit from which agent and tracker send to it. Deno
 * treats a datagram to a socket like writing a file.
 */
const SYSTEMD_HEARS = "/run/systemd/notify";
/** Tailscale's daemon tells everybody on the machine its state there. */
const TAILSCALE_ANSWERS = "/run/tailscale/tailscaled.sock";
/** The state folders of agent and tracker, by their units. */
const STATE_FOLDERS = {
  agent: "/var/lib/rpi-cluster-agent",
  tracker: "/var/lib/rpi-cluster-tracker",
};
const RUNTIME_FOLDERS = {
  agent: ["/run/rpi-cluster-agent"],
  // The second one is for units of earlier builds.
  tracker: ["/run/rpi-cluster-tracker", "/run/rpi-cluster-alert"],
};

/** A permission with a list, so that a part of it can be revoked. */
const EVERYWHERE = "/";

/** What a program may, in lists of Deno's. An empty list permits nothing. */
interface Lists {
  readonly write: readonly string[];
  readonly sys: readonly SystemKind[];
  readonly run: readonly string[];
  readonly ffi: readonly string[];
}

/** One executable is both, by the name that it is started with, because Deno itself is 90 MB. */
export type NodeProgram = "agent" | "tracker";
export const NODE_PROGRAMS: readonly NodeProgram[] = ["agent", "tracker"];

/**
 * The permission flags of a program on an architecture.
 *
 * `--config`, `ca_file`, every `<key>_file` and `hub.state` may name any path. Once a program knows its
 * configuration, it gives up all other paths (`io/files/file_reach.ts`). It can, because `/` is an
 * entry of a list. Without a `scope` the network is not limited: a name may get another address,
 * observers probe the addresses of all nodes, and Deno has no list that means all addresses and from
 * which a program could remove some.
 */
export function permissionFlags(
  program: Program,
  architecture: Architecture,
  scope: Scope = {},
): string[] {
  return flagsOf(listsOf(program, architecture), scope);
}

/** The flags of the executable of agent and tracker: what one of them may. */
export function nodePermissionFlags(architecture: Architecture): string[] {
  return flagsOf(nodeLists(architecture), {});
}

/** What the executable of agent and tracker may, and this one of them may not. */
export function foreignPermissions(
  program: NodeProgram,
  architecture: Architecture,
): Deno.PermissionDescriptor[] {
  const all = nodeLists(architecture);
  const own = listsOf(program, architecture);
  return [
    ...without(all.write, own.write).map((path) => ({ name: "write", path }) as const),
    ...without(all.sys, own.sys).map((kind) => ({ name: "sys", kind }) as const),
    ...without(all.run, own.run).map((command) => ({ name: "run", command }) as const),
    ...without(all.ffi, own.ffi).map((path) => ({ name: "ffi", path }) as const),
  ];
}

function without<T>(all: readonly T[], own: readonly T[]): T[] {
  return all.filter((entry) => !own.includes(entry));
}

function nodeLists(architecture: Architecture): Lists {
  const [agent, tracker] = [listsOf("agent", architecture), listsOf("tracker", architecture)];
  return {
    write: [...new Set([...agent.write, ...tracker.write])],
    sys: [...new Set([...agent.sys, ...tracker.sys])],
    run: [...new Set([...agent.run, ...tracker.run])],
    ffi: [...new Set([...agent.ffi, ...tracker.ffi])],
  };
}

function listsOf(program: Program, architecture: Architecture): Lists {
  switch (program) {
    case "agent":
      return {
        write: [SYSTEMD_HEARS, ...RUNTIME_FOLDERS.agent, STATE_FOLDERS.agent, TAILSCALE_ANSWERS],
        sys: AGENT_SYSTEM,
        run: [READS_WITH, ASKS_SYSTEMD_WITH, ASKS_THE_CLOCK_WITH, AGENT_CHECKS_WITH],
        ffi: [],
      };
    case "tracker":
      return {
        write: [SYSTEMD_HEARS, ...RUNTIME_FOLDERS.tracker, STATE_FOLDERS.tracker],
        sys: TRACKER_SYSTEM,
        run: [...OBSERVER_ASKS, ASKS_THE_CLOCK_WITH],
        ffi: FFI_PATHS[architecture],
      };
    case "hub":
      return {
        write: [EVERYWHERE],
        sys: HUB_SYSTEM,
        run: HUB_RUNS,
        ffi: [],
      };
  }
}

function flagsOf({ write, sys, run, ffi }: Lists, scope: Scope): string[] {
  return [
    "--no-prompt",
    `--allow-read=${EVERYWHERE}`,
    scope.net === undefined ? "--allow-net" : listed("net", scope.net),
    `--allow-env=${ENVIRONMENT.join(",")}`,
    "--ignore-env",
    // Datagrams to systemd are not stable in Deno. The flag permits nothing.
    "--unstable-net",
    // Everything is bundled, but Deno would allow imports from some hosts.
    "--deny-import",
    listed("write", scope.write ?? write),
    listed("sys", sys),
    listed("run", run),
    ...(ffi.length > 0 ? [listed("ffi", ffi)] : []),
  ];
}

function listed(name: string, entries: readonly string[]): string {
  return `--allow-${name}=${entries.join(",")}`;
}

/** Returns the architecture of this machine. Throws when no executable is built for it. */
export function ownArchitecture(): Architecture {
  const architecture = Deno.build.arch;
  if (architecture === "x86_64" || architecture === "aarch64") return architecture;
  throw new Error(`Cannot run on ${architecture}: x86_64 or aarch64 is needed`);
}
