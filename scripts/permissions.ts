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

/**
 * Restricts a program whose configuration is known to the caller: `host:port` for the network,
 * absolute paths for writing.
 */
export interface Scope {
  readonly net?: readonly string[];
  readonly write?: readonly string[];
}

/**
 * Every variable that a program reads. The rest of the environment is hidden (`--ignore-env`),
 * because packages list all variables at import, which a list of names alone would forbid. Programs
 * also set `TZ`, by `[hub] time_zone`.
 */
const ENVIRONMENT: readonly string[] = [
  ...ENVIRONMENT_NAMES,
  "NO_COLOR",
  "NOTIFY_SOCKET",
  "RUNTIME_DIRECTORY",
  "TZ",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
];

/** Deno's information about the machine for an agent: name, addresses, free disk space. */
const AGENT_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "statfs"];
/** A hub writes its own address into the configuration of each Pi that it enrols. */
const HUB_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "osUptime"];
/** A tracker needs its own addresses, and waits longer for the others while all boot. */
const TRACKER_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "osUptime"];

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

/** Hangs in place of the hub when the disk does not answer. */
const HUB_READS_ITS_DISK_WITH = "/usr/bin/dd";

/** Reports to an observer that its own cable is disconnected, and identifies the machine's boot. */
const OBSERVER_ASKS: readonly string[] = [...IP_PATHS, READS_WITH];

/**
 * systemd's notify socket, and the folder of the unit from which agent and tracker send to it. Deno
 * treats a datagram to a socket like writing a file.
 */
const SYSTEMD_HEARS = "/run/systemd/notify";
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
  const flags = [
    "--no-prompt",
    `--allow-read=${EVERYWHERE}`,
    scoped("--allow-net", scope.net),
    `--allow-env=${ENVIRONMENT.join(",")}`,
    "--ignore-env",
    // Datagrams to systemd are not stable in Deno. The flag permits nothing.
    "--unstable-net",
    // Everything is bundled, but Deno would allow imports from some hosts.
    "--deny-import",
  ];
  switch (program) {
    case "agent":
      flags.push(
        writing("agent", scope),
        `--allow-sys=${AGENT_SYSTEM.join(",")}`,
        `--allow-run=${READS_WITH},${ASKS_SYSTEMD_WITH},${AGENT_CHECKS_WITH}`,
      );
      return flags;
    case "tracker":
      flags.push(
        writing("tracker", scope),
        `--allow-sys=${TRACKER_SYSTEM.join(",")}`,
        `--allow-run=${OBSERVER_ASKS.join(",")}`,
        `--allow-ffi=${FFI_PATHS[architecture].join(",")}`,
      );
      return flags;
    case "hub":
      flags.push(
        `--allow-sys=${HUB_SYSTEM.join(",")}`,
        `--allow-run=${[...OBSERVER_ASKS, ASKS_SYSTEMD_WITH, HUB_READS_ITS_DISK_WITH].join(",")}`,
        scoped("--allow-write", scope.write ?? [EVERYWHERE]),
      );
      return flags;
  }
}

/** Returns the architecture of this machine. Throws when no executable is built for it. */
export function ownArchitecture(): Architecture {
  const architecture = Deno.build.arch;
  if (architecture === "x86_64" || architecture === "aarch64") return architecture;
  throw new Error(`Cannot run on ${architecture}: x86_64 or aarch64 is needed`);
}

function writing(program: "agent" | "tracker", scope: Scope): string {
  const own = [SYSTEMD_HEARS, ...RUNTIME_FOLDERS[program], STATE_FOLDERS[program]];
  return scoped("--allow-write", scope.write ?? own);
}

function scoped(flag: string, values: readonly string[] | undefined): string {
  return values === undefined ? flag : `${flag}=${values.join(",")}`;
}
