/** The files of the hub's own authority and certificate, in the state folder. */

import { join } from "node:path";
import type { Config } from "../../core/config/settings.ts";
import { giveToFolder, prepareFile, replaceFile, statIfAny } from "../../io/files/atomic_file.ts";
import { readSmallFile } from "../../io/files/small_file.ts";
import { UserError } from "../../io/program/user_error.ts";
import type { CertificateAndKey } from "./certificate_facts.ts";

const FOLDER = "tls";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** A certificate with many names has some kilobytes. */
const FILE_BYTES_MAX = 64 * 1024;
const CA_CERTIFICATE = "ca.crt";
const CA_KEY = "ca.key";
const CERTIFICATE = "hub.crt";
const KEY = "hub.key";
/** Marks a hub that ran before it had TLS. */
const RAN_BEFORE = "ran-before";

/** Their names in the state folder, for copies of it. The authority's certificate is the last one. */
export const TLS_FILES: readonly string[] = [RAN_BEFORE, KEY, CERTIFICATE, CA_KEY, CA_CERTIFICATE]
  .map((name) => join(FOLDER, name));

export interface StoredTls {
  readonly authority: { readonly certificate: string; readonly key: string | undefined };
  /** `undefined`: it cannot be read. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

export interface NewTls {
  readonly authority: CertificateAndKey;
  readonly server: CertificateAndKey;
  /** The hub ran before it had TLS. */
  readonly ranBefore: boolean;
}

/** Returns what is stored; `undefined` when this hub never had TLS. Throws a `UserError`. */
export function readTls(config: Config): StoredTls | undefined {
  const read = (name: string) => textOf(pathOf(config, name));
  const certificate = read(CA_CERTIFICATE);
  if (certificate === undefined) return undefined;
  return {
    authority: { certificate, key: read(CA_KEY) },
    certificate: read(CERTIFICATE),
    key: read(KEY),
  };
}

/** Whether the hub ran before it had TLS. */
export function ranBeforeTls(config: Config): boolean {
  return statIfAny(pathOf(config, RAN_BEFORE)) !== undefined;
}

/**
 * Stores a new authority: all its files or none, also when two programs try at the same time.
 * Returns false when there is one already. Throws a system error when the disk refuses.
 */
export function storeNewTls(config: Config, { authority, server, ranBefore }: NewTls): boolean {
  const folder = folderOf(config);
  const temporary = `${folder}.${crypto.randomUUID()}`;
  try {
    Deno.mkdirSync(temporary, { mode: FOLDER_MODE });
    giveToFolder(temporary);
    const add = (name: string, text: string) => replaceFile(join(temporary, name), text, FILE_MODE);
    add(CA_KEY, authority.key);
    add(CA_CERTIFICATE, authority.certificate);
    add(KEY, server.key);
    add(CERTIFICATE, server.certificate);
    if (ranBefore) add(RAN_BEFORE, "");
    Deno.renameSync(temporary, folder);
    return true;
  } catch (error) {
    if (statIfAny(temporary) !== undefined) Deno.removeSync(temporary, { recursive: true });
    if (statIfAny(pathOf(config, CA_CERTIFICATE)) !== undefined) return false;
    throw error;
  }
}

/** Replaces the server's certificate, and its key where that is a new one. */
export async function storeServer(config: Config, server: CertificateAndKey): Promise<void> {
  const key = pathOf(config, KEY);
  if (textOf(key) !== server.key) await put(key, server.key);
  await put(pathOf(config, CERTIFICATE), server.certificate);
}

/** The program does not block while it waits for the disk. */
async function put(path: string, text: string): Promise<void> {
  using prepared = await prepareFile(path, text, FILE_MODE);
  prepared.put();
}

function folderOf({ hub: { stateDir } }: Config): string {
  return join(stateDir, FOLDER);
}

function pathOf(config: Config, name: string): string {
  return join(folderOf(config), name);
}

/** Throws a `UserError` when there is a file that cannot be read. */
function textOf(path: string): string | undefined {
  const file = readSmallFile(path, FILE_BYTES_MAX);
  if (file.kind === "text") return file.text;
  if (file.kind === "missing") return undefined;
  throw new UserError(`Cannot read "${path}": expected a file of the hub, found ${file.found}`);
}
