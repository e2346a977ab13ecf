/** The key with which this hub signs what its Pis may install. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { Config } from "../../core/config/settings.ts";
import { replaceFile } from "../../io/files/atomic_file.ts";
import { readSmallFile } from "../../io/files/small_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { updateKeyFile } from "../host/state_folder.ts";

const FILE_MODE = 0o600;
const FILE_BYTES_MAX = 4096;

const log = getLog("update");

export class SigningKey {
  readonly #key: KeyObject;
  /** P-256 as DER, in one line of Base64: what a Pi gets when it joins. */
  readonly publicKey: string;

  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const der = createPublicKey(this.#key).export({ type: "spki", format: "der" });
    this.publicKey = der.toString("base64");
  }

  /** Returns the ECDSA signature over SHA-256, as `openssl dgst -verify` reads it. */
  sign(text: string): Uint8Array {
    return sign("sha256", new TextEncoder().encode(text), this.#key);
  }
}

/**
 * Returns the hub's key, which is made at the first call. `undefined` when it cannot be read or
 * kept: then no Pi can be upgraded from this hub, and everything else works.
 */
export function openSigningKey(config: Pick<Config, "hub">): SigningKey | undefined {
  const path = updateKeyFile(config);
  try {
    const file = readSmallFile(path, FILE_BYTES_MAX);
    if (file.kind === "text") return new SigningKey(file.text);
    if (file.kind === "unreadable") throw new Error(`expected a key, found ${file.found}`);
    const pem = newKey();
    replaceFile(path, pem, FILE_MODE);
    return new SigningKey(pem);
  } catch (error) {
    log.error("cannot use the key for upgrades, so no Pi can be upgraded from this hub", {
      file: path,
      reason: reasonOf(error),
    });
    return undefined;
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
