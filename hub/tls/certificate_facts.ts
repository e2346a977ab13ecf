/** What a certificate says: names, validity, key. */

import { createHash, createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { parseIp } from "../../core/network/address.ts";

/** A certificate (with the authorities between, if any) and its key, as PEM texts. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateFacts {
  /** The end of its validity, in milliseconds since 1970. */
  readonly endMs: number;
  /** Host names in lower case, and IP addresses. */
  readonly names: ReadonlySet<string>;
  /** The SHA-256 of the certificate, in the usual form `AB:CD:...`. */
  readonly fingerprint: string;
  /** The Base64 text of the SHA-256 of its public key, as `curl --pinnedpubkey` takes it. */
  readonly publicKeyPin: string;
}

/** Reads the first certificate of a PEM text. Throws when there is none. */
export function factsOf(pem: string): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const endMs = Date.parse(certificate.validTo);
  if (Number.isNaN(endMs)) throw new Error("its end of validity cannot be read");
  return {
    endMs,
    names: new Set(namesIn(certificate.subjectAltName ?? "")),
    fingerprint: certificate.fingerprint256,
    publicKeyPin: pinOf(certificate.publicKey.export({ type: "spki", format: "der" })),
  };
}

/** Throws when the key does not belong to the certificate, or one of them cannot be read. */
export function assertBelongTogether({ certificate, key }: CertificateAndKey): void {
  if (factsOf(certificate).publicKeyPin !== pinOfKey(key)) {
    throw new Error("the key does not belong to the certificate");
  }
}

/** Returns the pin of a private key's public half. */
export function pinOfKey(key: string): string {
  return pinOf(publicKeyOf(key));
}

/** Returns the public half of a private key (SPKI, DER). */
export function publicKeyOf(key: string): Uint8Array<ArrayBuffer> {
  const half = createPublicKey(createPrivateKey(key)).export({ type: "spki", format: "der" });
  return new Uint8Array(half);
}

/** Whether a certificate is valid for a host: a name, or an IP address. */
export function covers({ names }: Pick<CertificateFacts, "names">, host: string): boolean {
  const name = normalized(host);
  return names.has(name) || names.has(name.replace(/^[^.]+/, "*"));
}

/** Returns a host as it stands among the names of a certificate. */
export function normalized(host: string): string {
  return parseIp(host)?.toString() ?? host.toLowerCase().replace(/\.$/, "");
}

function namesIn(subjectAltName: string): readonly string[] {
  return subjectAltName.split(", ").flatMap((entry) => {
    const [, name] = /^(?:DNS|IP Address):(.+)$/.exec(entry) ?? [];
    return name === undefined ? [] : [normalized(name)];
  });
}

function pinOf(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest("base64");
}
