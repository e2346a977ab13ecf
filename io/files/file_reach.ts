/** What of the file system a program keeps once it knows its configuration. */

import { resolve } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { getLog } from "../log/log.ts";

/** Files, and folders with all below them. */
export interface FileReach {
  readonly read: readonly string[];
  /** To be read as well. */
  readonly write: readonly string[];
}

type Access = keyof FileReach;
type EnvironmentLookup = (name: string) => string | undefined;

/** Folders that systemd gives to a service, separated by colons. */
const SERVICE_FOLDERS = ["RUNTIME_DIRECTORY", "STATE_DIRECTORY"] as const;
const ALL = "/";

/**
 * Gives up every file but these, until the program ends. A configuration may name any path, so the
 * executables are compiled with `/` in their lists of what they may read and write. Each path here gets
 * an entry of its own, and the one for `/` is given back. Where an entry cannot be given back (Deno was
 * told `--allow-read` without a path), nothing changes.
 */
export function confineFiles({ read, write }: FileReach): void {
  const left = { read: confine("read", [...read, ...write]), write: confine("write", write) };
  getLog("files").debug("uses no other files", { ...left, paths: [...read, ...write].join(" ") });
}

/** What any service needs: what systemd gives it, and the authorities that it trusts. */
export function serviceReach(
  { mqtt: { caFile } }: Pick<Config, "mqtt">,
  environment: EnvironmentLookup = (name) => Deno.env.get(name),
): FileReach {
  const socket = environment("NOTIFY_SOCKET");
  const folders = SERVICE_FOLDERS.flatMap((name) => environment(name)?.split(":") ?? []);
  return {
    read: caFile === undefined ? [] : [caFile],
    write: [...folders, ...socket === undefined ? [] : [socket]].filter((path) => path !== ""),
  };
}

/** What Deno says of all other files then: `prompt` is a refusal, for nobody is asked. */
function confine(name: Access, paths: readonly string[]): Deno.PermissionState {
  for (const path of paths) Deno.permissions.requestSync({ name, path: resolve(path) });
  return Deno.permissions.revokeSync({ name, path: ALL }).state;
}
