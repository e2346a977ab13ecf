/** PEM texts of certificates and keys (RFC 7468). */

import { Buffer } from "node:buffer";

const LINE_LENGTH = 64;

export type PemLabel = "CERTIFICATE" | "PRIVATE KEY";

export function pemOf(label: PemLabel, der: Uint8Array): string {
  const base64 = Buffer.from(der).toString("base64");
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Returns the first block with this label. Throws when there is none. */
export function derOf(label: PemLabel, pem: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64Of(label, pem), "base64"));
}

/** Returns the content of the first block with this label as one line of Base64. */
export function base64Of(label: PemLabel, pem: string): string {
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`);
  const body = pattern.exec(pem)?.[1];
  if (body === undefined) throw new Error(`there is no ${label} in PEM`);
  return body.replace(/\s+/g, "");
}
