/** A certificate that somebody else renews, such as an ACME client. */

import type { Config } from "../../core/config/settings.ts";
import { readSmallFile } from "../../io/files/small_file.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { assertBelongTogether, type CertificateAndKey, factsOf } from "./certificate_facts.ts";

const FILE_BYTES_MAX = 256 * 1024;
const DAY_MS = 24 * 3_600_000;
/** ACME clients renew a month before the end, or a third of the time. */
const ENDS_SOON_MS = 7 * DAY_MS;

const log = getLog("tls");

type Files = NonNullable<Config["hub"]["certificate"]>;

/** Reads both files. Throws an error that says which file is wrong, and why. */
export function readGiven({ certificateFile, keyFile }: Files): CertificateAndKey {
  const pair = { certificate: textOf(certificateFile), key: textOf(keyFile) };
  try {
    factsOf(pair.certificate);
  } catch (error) {
    throw new Error(
      `"${certificateFile}" ([hub] certificate_file): expected a certificate in PEM: ${
        reasonOf(error)
      }`,
    );
  }
  try {
    assertBelongTogether(pair);
  } catch (error) {
    throw new Error(
      `"${keyFile}" ([hub] key_file): expected the key of "${certificateFile}" in PEM, not encrypted: ` +
        reasonOf(error),
    );
  }
  return pair;
}

function textOf(path: string): string {
  const file = readSmallFile(path, FILE_BYTES_MAX);
  if (file.kind === "text") return file.text;
  throw new Error(`"${path}": expected a readable file, found ${file.found}`);
}

/** Follows the files. What cannot be used is reported once, and the former certificate stays. */
export class GivenCertificate {
  readonly #files: Files;
  #current: CertificateAndKey | undefined;
  #problem: string | undefined;
  #warnedEndMs: number | undefined;

  constructor(files: Files) {
    this.#files = files;
  }

  /** `undefined`: there was none that can be used. */
  get current(): CertificateAndKey | undefined {
    return this.#current;
  }

  /** Reads the files again. Calls `use` with a changed certificate; if that throws, it is not used. */
  look(wallMs: number, use: (pair: CertificateAndKey) => void): void {
    try {
      const pair = readGiven(this.#files);
      if (pair.certificate !== this.#current?.certificate || pair.key !== this.#current.key) {
        use(pair);
        this.#current = pair;
        log.info("serves the page with the given certificate", {
          file: this.#files.certificateFile,
          until: new Date(factsOf(pair.certificate).endMs).toISOString(),
        });
      }
      this.#problem = undefined;
    } catch (error) {
      this.#report(reasonOf(error));
    }
    this.#warnOfEnd(wallMs);
  }

  #report(reason: string): void {
    if (reason === this.#problem) return;
    this.#problem = reason;
    const instead = this.#current === undefined ? "the hub's own" : "the one before";
    log.error("cannot use the given certificate", { reason, instead });
  }

  #warnOfEnd(wallMs: number): void {
    if (this.#current === undefined) return;
    const { endMs } = factsOf(this.#current.certificate);
    if (endMs - wallMs > ENDS_SOON_MS || endMs === this.#warnedEndMs) return;
    this.#warnedEndMs = endMs;
    log.warning("the given certificate ends soon, or has ended, and nobody has renewed it", {
      file: this.#files.certificateFile,
      until: new Date(endMs).toISOString(),
    });
  }
}
