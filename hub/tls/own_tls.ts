/** The hub's own authority, and the certificate that it has signed for the hub's servers. */

import { randomBytes } from "node:crypto";
import type { Config } from "../../core/config/settings.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { databaseFile, passwordFile } from "../host/state_folder.ts";
import {
  assertBelongTogether,
  type CertificateAndKey,
  type CertificateFacts,
  factsOf,
  pinOfKey,
} from "./certificate_facts.ts";
import { newAuthority, newServerCertificate, newServerKey } from "./new_certificates.ts";
import { NAMES_MAX } from "./server_names.ts";
import { readTls, type StoredTls, storeNewTls, storeServer } from "./tls_folder.ts";

const DAY_MS = 24 * 3_600_000;
/** Browsers and phones distrust a certificate that is valid for much longer. */
const VALID_MS = 397 * DAY_MS;
/** A hub that was switched off for a season still has a valid certificate when it comes back. */
const RENEW_BEFORE_MS = 132 * DAY_MS;
/** No right clock shows an earlier time: a Pi may begin with 1970 until it reaches a time server. */
const TIME_FLOOR_MS = Date.UTC(2026, 10, 1);
/** Distinguishes the authorities of several hubs, and of one that lost its state. */
const RANDOM_BYTES = 4;

const log = getLog("tls");

/** For what a certificate must be valid, and when. */
export interface Wanted {
  /** Host names and addresses, the most important ones first. */
  readonly names: readonly string[];
  readonly wallMs: number;
}

/** Whether a certificate ends soon, or lacks one of the names. */
export function isDue(
  { endMs, names }: Pick<CertificateFacts, "endMs" | "names">,
  wanted: Wanted,
): boolean {
  return endMs - rightMs(wanted) < RENEW_BEFORE_MS ||
    wanted.names.some((name) => !names.has(name));
}

/** The names of the next certificate: an address of yesterday may be needed again tomorrow. */
export function nextNames(wanted: readonly string[], former: ReadonlySet<string>): string[] {
  return [...new Set([...wanted, ...former])].slice(0, NAMES_MAX);
}

export class OwnTls {
  /** The certificate of the authority, as PEM text. */
  readonly caPem: string;
  readonly #config: Config;
  readonly #caKey: string | undefined;
  #server: CertificateAndKey;
  /** The last attempt, which is not repeated. */
  #attempt = "";

  private constructor(
    config: Config,
    { certificate, key }: StoredTls["authority"],
    server: CertificateAndKey,
  ) {
    this.#config = config;
    this.caPem = certificate;
    this.#caKey = key;
    this.#server = server;
  }

  /**
   * Opens the authority of the state folder, or makes one. Throws a `UserError` when a file is
   * damaged, missing or cannot be written.
   */
  static async open(config: Config, wanted: Wanted): Promise<OwnTls> {
    const stored = await openAuthority(config, wanted);
    const server = usableServer(stored) ?? await remakeServer(config, stored, wanted);
    const own = new OwnTls(config, stored.authority, server);
    await own.follow(wanted);
    return own;
  }

  /** The certificate and the key of the hub's servers. */
  get server(): CertificateAndKey {
    return this.#server;
  }

  /** Makes a new certificate for the same key when that is due. Returns whether it did. */
  async follow(wanted: Wanted): Promise<boolean> {
    const facts = factsOf(this.#server.certificate);
    if (!isDue(facts, wanted)) return false;
    const attempt = `${Math.floor(rightMs(wanted) / DAY_MS)} ${wanted.names.join()}`;
    if (attempt === this.#attempt) return false;
    this.#attempt = attempt;
    if (this.#caKey === undefined) {
      log.error("cannot make a new certificate, because tls/ca.key in [hub] state is missing");
      return false;
    }
    const authority = { certificate: this.caPem, key: this.#caKey };
    const names = nextNames(wanted.names, facts.names);
    this.#server = await signed(authority, this.#server.key, { ...wanted, names });
    log.info("made a new certificate", { until: untilText(this.#server), names: names.length });
    try {
      await storeServer(this.#config, this.#server);
    } catch (error) {
      // It is in force all the same, and the next start makes another one.
      log.error("cannot store the new certificate", { reason: reasonOf(error) });
    }
    return true;
  }
}

/**
 * Returns what the state folder holds, or makes it. Throws a `UserError` when the authority is damaged
 * or cannot be written.
 */
export async function openAuthority(config: Config, wanted: Wanted): Promise<StoredTls> {
  const stored = readTls(config) ?? await makeAll(config, wanted);
  checkAuthority(config, stored);
  return stored;
}

async function makeAll(config: Config, wanted: Wanted): Promise<StoredTls> {
  const random = randomBytes(RANDOM_BYTES).toString("hex");
  const authority = await newAuthority(`RPi Cluster Alert, ${wanted.names[0] ?? "hub"}, ${random}`);
  const server = await signed(authority, await newServerKey(), wanted);
  try {
    const isStored = storeNewTls(config, { authority, server, ranBefore: hasRun(config) });
    if (isStored) log.info("made an authority of its own", { until: untilText(server) });
  } catch (error) {
    const { stateDir } = config.hub;
    const what = `Cannot make the hub's authority for TLS in [hub] state "${stateDir}"`;
    throw new UserError(`${what}: ${accessAdvice([stateDir]) ?? reasonOf(error)}`, {
      cause: error,
    });
  }
  // Another program may have been quicker.
  const stored = readTls(config);
  if (stored === undefined) throw new UserError("The hub's authority for TLS has vanished again");
  return stored;
}

/** Throws a `UserError` when the authority is damaged: nobody would trust another one. */
function checkAuthority({ hub: { stateDir } }: Config, { authority }: StoredTls): void {
  const { certificate, key } = authority;
  try {
    if (key === undefined) factsOf(certificate);
    else assertBelongTogether({ certificate, key });
  } catch (error) {
    const what = `"${stateDir}/tls/ca.crt", or ca.key beside it, is damaged`;
    throw new UserError(`${what}: copy both from a backup: ${reasonOf(error)}`, { cause: error });
  }
}

/** Makes the server's certificate again, with its key if that can be used. */
async function remakeServer(
  config: Config,
  { authority: { certificate, key: caKey }, key }: StoredTls,
  wanted: Wanted,
): Promise<CertificateAndKey> {
  const { stateDir } = config.hub;
  if (caKey === undefined) {
    throw new UserError(
      `"${stateDir}/tls" has neither a usable hub.crt nor ca.key: copy them from a backup, or ` +
        "remove the folder and enrol all Pis anew",
    );
  }
  const server = await signed(
    { certificate, key: caKey },
    usableKey(key) ?? await newServerKey(),
    wanted,
  );
  await storeServer(config, server);
  log.warning("made the hub's certificate again, because it could not be used");
  return server;
}

/** `undefined`: the certificate or its key is missing or damaged. */
function usableServer({ certificate, key }: StoredTls): CertificateAndKey | undefined {
  if (certificate === undefined || key === undefined) return undefined;
  try {
    assertBelongTogether({ certificate, key });
    return { certificate, key };
  } catch {
    return undefined;
  }
}

function usableKey(key: string | undefined): string | undefined {
  try {
    if (key !== undefined) pinOfKey(key);
    return key;
  } catch {
    return undefined;
  }
}

async function signed(
  authority: CertificateAndKey,
  key: string,
  wanted: Wanted,
): Promise<CertificateAndKey> {
  const { names } = wanted;
  const endMs = rightMs(wanted) + VALID_MS;
  return { key, certificate: await newServerCertificate({ authority, key, names, endMs }) };
}

function hasRun(config: Config): boolean {
  return [databaseFile(config), passwordFile(config)].some((path) => statIfAny(path) !== undefined);
}

function rightMs({ wallMs }: Pick<Wanted, "wallMs">): number {
  return Math.max(wallMs, TIME_FLOOR_MS);
}

function untilText({ certificate }: CertificateAndKey): string {
  return new Date(factsOf(certificate).endMs).toISOString();
}
