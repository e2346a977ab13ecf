/** The last address at which the broker's name was found, in memory and in a small file. */

import { join } from "node:path";
import { isAddress } from "../../core/network/host.ts";
import { readSmallFile } from "../files/small_file.ts";
import { getLog } from "../log/log.ts";
import { reasonOf } from "../program/user_error.ts";

const FILE = "broker-address.json";
const FILE_MODE = 0o600;
/** A host name has 253 characters at most. */
const FILE_BYTES_MAX = 1024;

interface Known {
  readonly host: string;
  readonly address: string;
}

export interface KnownAddressOptions {
  /** Left out: nothing outlives this run. */
  readonly folder?: string;
  /** The file could not be written; told once. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Where systemd lets this program keep something; `undefined` where it was given no such place. */
export function stateFolder(): string | undefined {
  // systemd lists several directories with colons between; the units ask for one.
  return Deno.env.get("STATE_DIRECTORY")?.split(":")[0] || undefined;
}

/** What is known in a folder; trouble with it is told once, and costs only the memory of it. */
export function knownAddressIn(folder: string | undefined): KnownAddress {
  if (folder === undefined) return new KnownAddress();
  return new KnownAddress({
    folder,
    onTrouble: (error) =>
      getLog("mqtt").warning("cannot keep the broker's address for the next start", {
        folder,
        reason: reasonOf(error),
      }),
  });
}

/** One host's address. The file is written only when it changes, for SD cards wear out. */
export class KnownAddress {
  readonly #options: KnownAddressOptions;
  #known: Known | undefined;
  #isTroubleReported = false;

  constructor(options: KnownAddressOptions = {}) {
    this.#options = options;
    if (options.folder !== undefined) this.#known = read(join(options.folder, FILE));
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
      write(join(folder, FILE), this.#known);
    } catch (error) {
      if (!this.#isTroubleReported) onTrouble?.(error);
      this.#isTroubleReported = true;
    }
  }
}

/** `undefined` for no file, and for one that holds anything else: it is but a help. */
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

/** Whole or not at all: a power cut leaves the old file or the new one, or one that is not read. */
function write(path: string, known: Known): void {
  const temporary = `${path}.new`;
  Deno.writeTextFileSync(temporary, `${JSON.stringify(known)}\n`, { mode: FILE_MODE });
  Deno.renameSync(temporary, path);
}
