/** Authorities and certificates with whatever is wrong with them. */

import type { CertificateAndKey } from "../../../hub/tls/certificate_facts.ts";
import {
  newAuthority,
  newServerCertificate,
  newServerKey,
} from "../../../hub/tls/new_certificates.ts";
import { base64Of } from "../../../hub/tls/pem.ts";

const DAY_MS = 24 * 3_600_000;

export interface ServerOptions {
  /** Default: 127.0.0.1. */
  readonly names?: readonly string[];
  /** Days from now to its end. Default: 30. */
  readonly days?: number;
  /** Default: a new one. */
  readonly key?: string;
}

/** An authority of somebody. */
export class TestAuthority {
  readonly #own: CertificateAndKey;

  private constructor(own: CertificateAndKey) {
    this.#own = own;
  }

  static async make(name = "somebody's authority"): Promise<TestAuthority> {
    return new TestAuthority(await newAuthority(name));
  }

  get pem(): string {
    return this.#own.certificate;
  }

  /** As it stands in `[mqtt] ca`. */
  get line(): string {
    return base64Of("CERTIFICATE", this.#own.certificate);
  }

  async server(options: ServerOptions = {}): Promise<CertificateAndKey> {
    const { names = ["127.0.0.1"], days = 30 } = options;
    const key = options.key ?? await newServerKey();
    const endMs = Date.now() + days * DAY_MS;
    return {
      key,
      certificate: await newServerCertificate({ authority: this.#own, key, names, endMs }),
    };
  }
}
