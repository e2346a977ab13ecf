/**
 * Makes the hub's own authority, its server's key, and certificates. The library is loaded when it
 * is needed, because most starts of a hub make no certificate.
 */

import { publicKeyOf } from "./certificate_facts.ts";
import type { CertificateAndKey } from "./certificate_facts.ts";
import { derOf, pemOf } from "./pem.ts";

const KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;
/**
 * A Pi has no clock of its own: after a boot without network it may believe in any time since 1970.
 */
const BEGIN = new Date(0);
/** RFC 5280, 4.1.2.5: it has no end. */
const NO_END = new Date("9999-12-31T23:59:59Z");

/** Makes an authority. `name` is what browsers and phones show. */
export async function newAuthority(name: string): Promise<CertificateAndKey> {
  const x509 = await library();
  const keys = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const { BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags } = x509;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: BEGIN,
    notAfter: NO_END,
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: made.toString("pem") + "\n", key: await keyText(keys.privateKey) };
}

/** Makes the key of a server, as PEM text. */
export async function newServerKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  return await keyText(privateKey);
}

export interface NewServerCertificate {
  readonly authority: CertificateAndKey;
  /** The server's private key, as PEM text. */
  readonly key: string;
  /** Host names and IP addresses; the first host name is the subject. */
  readonly names: readonly string[];
  readonly endMs: number;
}

/** Signs a certificate for a server. Returns it as PEM text. */
export async function newServerCertificate(
  { authority, key, names, endMs }: NewServerCertificate,
): Promise<string> {
  const x509 = await library();
  const issuer = new x509.X509Certificate(authority.certificate);
  const publicKey = publicKeyOf(key);
  const { KeyUsageFlags, ExtendedKeyUsage } = x509;
  const made = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names.find((name) => !isAddress(name)) ?? "hub"] }],
    issuer: issuer.subjectName,
    notBefore: BEGIN,
    notAfter: new Date(endMs),
    signingAlgorithm: SIGNATURE,
    publicKey,
    signingKey: await crypto.subtle.importKey(
      "pkcs8",
      derOf("PRIVATE KEY", authority.key),
      KEY,
      false,
      ["sign"],
    ),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((value) => {
        return { type: isAddress(value) ? "ip" : "dns", value } as const;
      })),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(new x509.PublicKey(publicKey)),
    ],
  });
  return made.toString("pem") + "\n";
}

async function library() {
  // The library's own dependency needs this first.
  await import("reflect-metadata");
  return await import("@peculiar/x509");
}

async function keyText(key: CryptoKey): Promise<string> {
  return pemOf("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^[\d.]+$/.test(name);
}
