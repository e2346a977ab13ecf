/** What each program may do: the flags that it is compiled with, and that `deno run` gets as well. */

import { ENVIRONMENT_NAMES } from "../core/config/keys.ts";
import { IP_PATHS } from "../core/network/view.ts";
import { FFI_PATHS } from "../ffi/library.ts";

/** The three programs, by the name of their executables. */
export type Program = "agent" | "tracker" | "hub";

/** The file that each program begins with, in the project's folder. */
export const ENTRY: Readonly<Record<Program, string>> = {
  agent: "agent.ts",
  tracker: "tracker.ts",
  hub: "hub/main.ts",
};

/** The targets that executables are made for, by the word in their names. */
export type Architecture = "x86_64" | "aarch64";

/**
 * Narrows what only a caller can know, for a program that runs with a known configuration:
 * `host:port` for the network, absolute paths for writing.
 */
export interface Scope {
  readonly net?: readonly string[];
  readonly write?: readonly string[];
}

/**
 * Every variable that a program looks at. The rest of the environment is hidden from it
 * (`--ignore-env`), for packages list it whole at import, which a mere list of names forbids.
 * `TZ` is the one that they also set: by `[hub] time_zone`.
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

/** What of the machine Deno itself may tell an agent: its name, its addresses, its disk's room. */
const AGENT_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "statfs"];
/** A hub tells each Pi that it enrols at what address it is to be found. */
const HUB_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "osUptime"];
/** A tracker knows its own addresses, and is more patient with the others while they all boot. */
const TRACKER_SYSTEM: readonly string[] = ["hostname", "networkInterfaces", "osUptime"];

/**
 * Deno 2 gives files below /proc and /sys to no program that lacks even one permission ("Requires
 * all access"), so the programs read them through this one command, which can do nothing else.
 */
const READS_WITH = "/usr/bin/head";

/** What an agent lets a shell try may hang in the kernel, and the agent does not. */
const AGENT_CHECKS_WITH = "/bin/sh";

/** Tells an agent or a hub that is asked to end whether it restarts, or the whole machine stops. */
const ASKS_SYSTEMD_WITH = "/usr/bin/systemctl";

/** Hangs in place of the hub where the disk does not answer. */
const HUB_READS_ITS_DISK_WITH = "/usr/bin/dd";

/** Tell an observer when its own cable is out, and which boot of the machine this is. */
const OBSERVER_ASKS: readonly string[] = [...IP_PATHS, READS_WITH];

/**
 * Where systemd hears its services, and the folder from which agent and tracker tell it that they
 * work: a datagram to a socket is written like a file. The folder is that of the unit.
 */
const SYSTEMD_HEARS = "/run/systemd/notify";
/** Where agent and tracker keep what outlives a run, by their units. */
const STATE_FOLDERS = {
  agent: "/var/lib/rpi-cluster-agent",
  tracker: "/var/lib/rpi-cluster-tracker",
};
const RUNTIME_FOLDERS = {
  agent: ["/run/rpi-cluster-agent"],
  // The second is that of units of earlier builds.
  tracker: ["/run/rpi-cluster-tracker", "/run/rpi-cluster-alert"],
};

/** To be given up in part, which a permission without a list cannot be. */
const EVERYWHERE = "/";

/**
 * The permission flags of a program on an architecture.
 *
 * `--config`, `ca_file`, every `<key>_file` and `hub.state` may name any place: a program that knows
 * its configuration gives up what it does not name (`io/files/file_reach.ts`), which it can, for the path `/`
 * stands in a list. The network is not scoped, without a `scope`: names may lead elsewhere tomorrow,
 * observers knock at whatever address a node has, and Deno has no list that means all addresses, from
 * which a program could then take some.
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
    // Everything is bundled; Deno would allow code from its favourite hosts.
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

/** The architecture of this machine. Throws where no executable is made for it. */
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
