/** The first file of a backup: what is in it, so that damage is found before anything is replaced. */

import * as v from "valibot";
import { type Decoded, parseObject, validate } from "../protocol/decoding.ts";
import { parseRfc3339 } from "../protocol/rfc3339.ts";

export const MANIFEST_NAME = "manifest.json";
/** The configuration of the hub, which is not a part of its state. */
export const CONFIG_NAME = "hub.ini";
/** Earlier programs refuse a backup with a higher number. */
export const BACKUP_FORMAT = 1;
/** In UTF-16 units. */
export const MANIFEST_LENGTH_MAX = 32_768;
/** Far more than a state folder has. */
export const BACKUP_FILES_MAX = 64;
/** The largest file that a tar header can announce, a little less than 8 GiB. */
export const FILE_BYTES_MAX = 0o77777777777;

/**
 * A path below the state folder, with at most one folder. No name begins with a dot, so none leads
 * out of it.
 */
const PATH = /^[A-Za-z0-9][\w.-]{0,60}(?:\/[A-Za-z0-9][\w.-]{0,60})?$/;

export interface BackupFile {
  readonly name: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** The permissions in the state folder. */
  readonly mode: number;
}

export interface BackupManifest {
  /** The version of the program that made it. */
  readonly version: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly hostname: string;
  readonly files: readonly BackupFile[];
}

const schema = v.object({
  format: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  version: v.pipe(v.string(), v.maxLength(100)),
  created_at: v.pipe(
    v.string(),
    v.check((text) => parseRfc3339(text) !== undefined, "expected a time"),
  ),
  hostname: v.pipe(v.string(), v.maxLength(255)),
  files: v.pipe(
    v.array(v.object({
      name: v.pipe(v.string(), v.regex(PATH)),
      size: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(FILE_BYTES_MAX)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      mode: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(0o777)),
    })),
    v.maxLength(BACKUP_FILES_MAX),
  ),
});

/** Whether a file of the state folder can be in a backup. */
export function isBackupPath(name: string): boolean {
  return PATH.test(name) && name !== MANIFEST_NAME;
}

export function encodeManifest(manifest: BackupManifest): string {
  const { version, createdAt, hostname, files } = manifest;
  const fields = { format: BACKUP_FORMAT, version, created_at: createdAt, hostname, files };
  return JSON.stringify(fields, undefined, 1) + "\n";
}

export function decodeManifest(text: string): Decoded<BackupManifest> {
  const json = parseObject(text, MANIFEST_LENGTH_MAX);
  if (!json.ok) return json;
  const found = validate(schema, json.value);
  if (!found.ok) return found;
  const { format, version, created_at: createdAt, hostname, files } = found.value;
  if (format > BACKUP_FORMAT) {
    return { ok: false, reason: `it was made by a newer version, ${version}` };
  }
  if (new Set(files.map(({ name }) => name)).size < files.length) {
    return { ok: false, reason: "files: expected each name once" };
  }
  return { ok: true, value: { version, createdAt, hostname, files } };
}
