/** OpenSSL's reasons to refuse a certificate, in the words of rustls. */

import type { X509Certificate } from "node:crypto";

/** The certificate is that of an authority, which OpenSSL does not mind. */
export const AUTHORITY = "CA_USED_AS_END_ENTITY";
/** Node.js's code for a certificate of another host. */
export const WRONG_NAME = "ERR_TLS_CERT_ALTNAME_INVALID";

const WORDS: Readonly<Record<string, string>> = {
  CERT_REVOKED: "Revoked",
  CERT_SIGNATURE_FAILURE: "BadSignature",
  DEPTH_ZERO_SELF_SIGNED_CERT: "UnknownIssuer",
  SELF_SIGNED_CERT_IN_CHAIN: "UnknownIssuer",
  UNABLE_TO_GET_ISSUER_CERT: "UnknownIssuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "UnknownIssuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "UnknownIssuer",
  [AUTHORITY]: "Other(OtherError(CaUsedAsEndEntity))",
};

/** `code` is one of OpenSSL's, or one of those above. */
export function problemWords(
  code: string,
  certificate: X509Certificate | undefined,
  hostname: string,
): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `certificate expired: ${timeWords("after", certificate?.validTo)} ago)`;
    case "CERT_NOT_YET_VALID":
      return `certificate not valid yet: ${timeWords("before", certificate?.validFrom)} in future)`;
    case WRONG_NAME:
      return `certificate not valid for name "${hostname}"; ${namesWords(certificate)}`;
    default:
      return WORDS[code] ?? `Other(${code})`;
  }
}

function timeWords(side: "before" | "after", limit = ""): string {
  const now = Math.floor(Date.now() / 1000);
  const at = Date.parse(limit) / 1000;
  return `verification time ${now} (UNIX), but certificate is not valid ${side} ${at} ` +
    `(${Math.abs(now - at)} seconds`;
}

function namesWords(certificate: X509Certificate | undefined): string {
  const names = (certificate?.subjectAltName ?? "").split(", ").flatMap((name) => {
    const [, kind, value] = /^(DNS|IP Address):(.*)$/.exec(name) ?? [];
    if (kind === undefined) return [];
    return [kind === "DNS" ? `DnsName("${value}")` : `IpAddress(${value})`];
  });
  const last = names.pop();
  if (last === undefined) {
    return "certificate is not valid for any names (according to its subjectAltName extension)";
  }
  const before = names.length === 0 ? "" : `${names.join(", ")} or `;
  return `certificate is only valid for ${before}${last}`;
}
