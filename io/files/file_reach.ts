/** Restricts a program to the files that it needs, once it knows its configuration. */

import { resolve } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { getLog } from "../log/log.ts";

/** Files, and folders with everything below them. */
export interface FileReach {
  readonly read: readonly string[];
  /** These may also be read. */
  readonly write: readonly string[];
}

type Access = keyof FileReach;
type EnvironmentLookup = (name: string) => string | undefined;

/** Folders that systemd gives to a service, separated by colons. */
const SERVICE_FOLDERS = ["RUNTIME_DIRECTORY", "STATE_DIRECTORY"] as const;
const ALL = "/";

/**
 * Revokes access to all other files until the program ends. A configuration may name any path, so
 * the executables are compiled with `/` in their lists of readable and writable paths. This
 * function adds an entry for each path and revokes the entry for `/`. It changes nothing if that
 * entry cannot be revoked (Deno was started with `--allow-read` without a path).
 */
export function confineFiles({ read, write }: FileReach): void {
  const left = { read: confine("read", [...read, ...write]), write: confine("write", write) };
  getLog("files").debug("uses no other files", { ...left, paths: [...read, ...write].join(" ") });
}

/**
 * Returns the files that every service needs: those from systemd and the certificate authorities.
 */
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

/**
 * Returns what Deno now answers for other files. `prompt` is a refusal, because nobody is asked.
 */
function confine(name: Access, paths: readonly string[]): Deno.PermissionState {
  for (const path of paths) Deno.permissions.requestSync({ name, path: resolve(path) });
  return Deno.permissions.revokeSync({ name, path: ALL }).state;
}
