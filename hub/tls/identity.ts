/** What others need to know to trust this hub. */

import type { Config } from "../../core/config/settings.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf, UserError } from "../../io/program/user_error.ts";
import { type CertificateAndKey, covers, factsOf, pinOfKey } from "./certificate_facts.ts";
import { readGiven } from "./given_certificate.ts";
import { openAuthority } from "./own_tls.ts";
import { serverNames, thisMachine } from "./server_names.ts";

export interface TlsPorts {
  /** `undefined`: the page has no TLS. */
  readonly httpsPort: number | undefined;
  /** `undefined`: the embedded broker has no TLS, or the broker is another one. */
  readonly mqttsPort: number | undefined;
}

export interface TlsIdentity extends TlsPorts {
  /** The certificate of the hub's authority, as PEM text. */
  readonly caPem: string;
  /**
   * The Base64 text of the SHA-256 of the hub's public key, for `curl --pinnedpubkey sha256//...`. It
   * stays when the hub makes a new certificate.
   */
  readonly publicKeyPin: string;
  /** The SHA-256 of the authority's certificate, as `AB:CD:...`. */
  readonly caFingerprint: string;
  /** The pin of the key with which the page is served to clients that ask for this host. */
  readonly pinFor: (host: string) => string;
}

export function identityOf(
  { caPem, key }: { readonly caPem: string; readonly key: string },
  given: () => CertificateAndKey | undefined,
  ports: TlsPorts,
): TlsIdentity {
  const publicKeyPin = pinOfKey(key);
  return {
    ...ports,
    caPem,
    publicKeyPin,
    caFingerprint: factsOf(caPem).fingerprint,
    pinFor: (host) => {
      const present = given();
      const facts = present && factsOf(present.certificate);
      return facts !== undefined && covers(facts, host) ? facts.publicKeyPin : publicKeyPin;
    },
  };
}

/**
 * Returns the identity for a command. It makes the authority if the hub has not started yet.
 * `undefined`: the hub has no TLS. Throws a `UserError` when the authority cannot be used.
 */
export async function identityForCommand(config: Config): Promise<TlsIdentity | undefined> {
  const { httpsListen, mqttsListen, certificate } = config.hub;
  if (httpsListen === undefined && mqttsListen === undefined) return undefined;
  const wanted = { names: serverNames(config, thisMachine()), wallMs: Date.now() };
  const { authority, key } = await openAuthority(config, wanted);
  if (key === undefined) {
    throw new UserError("The hub's key for TLS is missing: start the hub, which makes it again");
  }
  const own = { caPem: authority.certificate, key };
  return identityOf(own, () => certificate && givenIn(certificate), {
    httpsPort: httpsListen?.port,
    mqttsPort: mqttsListen?.port,
  });
}

function givenIn(files: NonNullable<Config["hub"]["certificate"]>): CertificateAndKey | undefined {
  try {
    return readGiven(files);
  } catch (error) {
    getLog("tls").warning("cannot use the given certificate", { reason: reasonOf(error) });
    return undefined;
  }
}
