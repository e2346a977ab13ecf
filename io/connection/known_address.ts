/** Remembers the broker's last good address in memory and in a small file. */

import { join } from "node:path";
import { isAddress } from "../../core/network/host.ts";
import { readSmallFile } from "../files/small_file.ts";
import { getLog } from "../log/log.ts";
import { reasonOf } from "../program/user_error.ts";

/** The file of the first broker. Those of the others are numbered: `broker-address-2.json`. */
const FILE = "broker-address.json";
const FILE_MODE = 0o600;
/** A host name has at most 253 characters. */
const FILE_BYTES_MAX = 1024;

interface Known {
  readonly host: string;
  readonly address: string;
}

export interface KnownAddressOptions {
  /** Default: nothing is kept after this run. */
  readonly folder?: string;
  /** The place of the broker in the configuration, from 0. Default: 0. */
  readonly index?: number;
  /** The file could not be written. Called once. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Returns the state folder that systemd gave this program; `undefined` if there is none. */
export function stateFolder(): string | undefined {
  // systemd separates several directories by colons; our units ask for one.
  return Deno.env.get("STATE_DIRECTORY")?.split(":")[0] || undefined;
}

/**
 * Keeps the address of the broker with this place in the configuration. A file error is logged once
 * and has no other effect.
 */
export function knownAddressIn(folder: string | undefined, index = 0): KnownAddress {
  if (folder === undefined) return new KnownAddress();
  return new KnownAddress({
    folder,
    index,
    onTrouble: (error) =>
      getLog("mqtt").warning("cannot keep the broker's address for the next start", {
        folder,
        reason: reasonOf(error),
      }),
  });
}

/**
 * One host's address. It writes the file only when the address changes, because SD cards wear out.
 */
export class KnownAddress {
  readonly #options: KnownAddressOptions;
  #known: Known | undefined;
  #isTroubleReported = false;

  constructor(options: KnownAddressOptions = {}) {
    this.#options = options;
    if (options.folder !== undefined) this.#known = read(this.#pathIn(options.folder));
  }

  addressOf(host: string): string | undefined {
    return this.#known?.host === host ? this.#known.address : undefined;
  }

  keep(host: string, address: string): void {
    if (this.addressOf(host) === address) return;
    this.#known = { host, address };
    const { folder, onTrouble } = this.#options;
    if (folder === undefined) return;
    try {
      write(this.#pathIn(folder), this.#known);
    } catch (error) {
      if (!this.#isTroubleReported) onTrouble?.(error);
      this.#isTroubleReported = true;
    }
  }

  #pathIn(folder: string): string {
    const { index = 0 } = this.#options;
    return join(folder, index === 0 ? FILE : FILE.replace(".json", `-${index + 1}.json`));
  }
}

/**
 * Returns `undefined` when there is no file or when its content is invalid: the file is optional.
 */
function read(path: string): Known | undefined {
  const file = readSmallFile(path, FILE_BYTES_MAX);
  if (file.kind !== "text") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("host" in value) || !("address" in value)) return undefined;
  const { host, address } = value;
  if (typeof host !== "string" || typeof address !== "string") return undefined;
  return isAddress(address) ? { host, address } : undefined;
}

/**
 * Replaces the file atomically: after a power cut there is the old file, the new one, or an invalid
 * one, which `read` ignores.
 */
function write(path: string, known: Known): void {
  const temporary = `${path}.new`;
  Deno.writeTextFileSync(temporary, `${JSON.stringify(known)}\n`, { mode: FILE_MODE });
  Deno.renameSync(temporary, path);
}
