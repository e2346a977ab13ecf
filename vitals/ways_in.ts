/** Reads how a person can reach this machine. The core decides what a reading means. */

import { readMachineFiles } from "./machine_files.ts";
import { type Listening, listeningOn, TCP_TABLES } from "./listening.ts";
import { askTailscale, TAILSCALE_SOCKET, type TailscaleState } from "./tailscale.ts";
import {
  hasControlGroups,
  isInstalled,
  isRunning,
  pathsOf,
  systemService,
  userUnits,
} from "./unit_files.ts";
import { LINGERING, LOGIN_FILES, peopleOf, readUserService, USERS } from "./user_services.ts";

export { LINGERING, TAILSCALE_SOCKET };

/** The readings. `undefined` for a service that is not installed, or for what is not known. */
export interface WayReadings {
  readonly ssh: { readonly port: number; readonly listening: Listening };
  readonly vnc: { readonly port: number; readonly listening: Listening };
  readonly connect:
    | { readonly isRunning: boolean | undefined; readonly startsAtBoot: boolean | undefined }
    | undefined;
  readonly tailscale: TailscaleState | undefined;
  readonly remoteit: { readonly isRunning: boolean | undefined } | undefined;
}

const CONNECT_UNIT = "rpi-connect.service";
const CONNECT = { units: userUnits(CONNECT_UNIT), groups: [] };
const TAILSCALE = systemService(["tailscaled.service"], ["tailscaled.service"]);
/** Its present package runs an instance for each way, its older one a single service. */
const REMOTEIT = systemService(
  ["remoteit@.service", "connectd.service"],
  ["system-remoteit.slice", "connectd.service"],
);
const FILES: readonly string[] = [
  ...TCP_TABLES,
  ...pathsOf([CONNECT, TAILSCALE, REMOTEIT]),
  USERS,
  ...LOGIN_FILES,
];

export interface WaysInOptions {
  readonly sshPort: number;
  readonly vncPort: number;
  /** The folder that stands for `/`. */
  readonly root?: string;
}

/**
 * Reads all ways once. Needs `--allow-run=/usr/bin/head`, the right to read `LINGERING`, and to read
 * and write `TAILSCALE_SOCKET`. A way that this program may not look at is unknown. Throws only the
 * reason of `signal`.
 */
export async function readWays(
  { sshPort, vncPort, root = "/" }: WaysInOptions,
  signal?: AbortSignal,
): Promise<WayReadings> {
  const prefix = root.replace(/\/+$/, "");
  const [files, tailscale] = await Promise.all([
    readMachineFiles(FILES, root, signal),
    askTailscale(prefix + TAILSCALE_SOCKET, signal),
  ]);
  const tables = TCP_TABLES.map((path) => files.get(path));
  return {
    ssh: { port: sshPort, listening: listeningOn(sshPort, tables) },
    vnc: { port: vncPort, listening: listeningOn(vncPort, tables) },
    connect: await readConnect(files, root, signal),
    tailscale: tailscale ?? silentTailscale(files),
    remoteit: isInstalled(REMOTEIT, files) ? { isRunning: isRunning(REMOTEIT, files) } : undefined,
  };
}

/** A daemon that runs and says nothing may be logged out. */
function silentTailscale(files: ReadonlyMap<string, string>): TailscaleState | undefined {
  const isUp = isRunning(TAILSCALE, files);
  if (!isInstalled(TAILSCALE, files) && isUp !== true) return undefined;
  return { isRunning: isUp === false ? false : undefined, host: undefined, expiresAtMs: undefined };
}

async function readConnect(
  files: ReadonlyMap<string, string>,
  root: string,
  signal: AbortSignal | undefined,
): Promise<WayReadings["connect"]> {
  if (!isInstalled(CONNECT, files)) return undefined;
  const users = files.get(USERS);
  if (!hasControlGroups(files) || users === undefined) {
    return { isRunning: undefined, startsAtBoot: undefined };
  }
  return await readUserService(CONNECT_UNIT, {
    people: peopleOf(users),
    logins: files,
    isLingering: (user) => isLingering(`${root.replace(/\/+$/, "")}${LINGERING}/${user}`),
    root,
    signal,
  });
}

/** `undefined` where this program may not look. */
async function isLingering(path: string): Promise<boolean | undefined> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : undefined;
  }
}
