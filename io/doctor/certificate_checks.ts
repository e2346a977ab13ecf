/** Reads until when the authorities of the configuration are valid. */

import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { brokersOf } from "../../core/config/brokers.ts";
import type { Config } from "../../core/config/settings.ts";
import { certificateFinding } from "../../core/doctor/certificate_check.ts";
import { type Finding, wrong } from "../../core/doctor/finding.ts";
import { readCaCerts } from "../connection/ca_certs.ts";
import { reasonOf } from "../program/user_error.ts";

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const RENEWAL =
  "get a new one from who runs the broker; rpi-cluster-hub enrol ID --renew prints that of the hub";

/** The authorities that a program trusts at its broker; nothing without TLS. */
export function checkAuthorities(mqtt: Config["mqtt"], nowMs: number): readonly Finding[] {
  if (!brokersOf(mqtt).some(({ tls }) => tls)) return [];
  const pems = readCaCerts(mqtt).flatMap((text) => text.match(PEM) ?? []);
  return pems.map((pem) =>
    checkCertificate(pem, { what: "the authority", renewal: RENEWAL, nowMs })
  );
}

export interface CertificateQuestion {
  /** What it is for people, before its name. */
  readonly what: string;
  readonly renewal: string;
  /** Wall-clock time. */
  readonly nowMs: number;
}

/** When a certificate in PEM begins and ends. */
export function checkCertificate(
  pem: string,
  { what, renewal, nowMs }: CertificateQuestion,
): Finding {
  try {
    const { validFrom, validTo, subject } = new X509Certificate(Buffer.from(pem));
    const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject;
    return certificateFinding({
      what: `${what} "${name}"`,
      fromMs: Date.parse(validFrom),
      untilMs: Date.parse(validTo),
      nowMs,
      renewal,
    });
  } catch (error) {
    return wrong("tls", `${what} cannot be read: ${reasonOf(error)}`, renewal);
  }
}
