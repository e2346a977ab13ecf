/** Whether a certificate is valid now, and for how much longer. */

import { formatRfc3339 } from "../protocol/rfc3339.ts";
import { durationText } from "../alerting/message/duration_text.ts";
import { type Finding, fine, warning, wrong } from "./finding.ts";

/** People need time to renew a certificate that does not renew itself. */
const SOON_MS = 14 * 24 * 3_600_000;

export interface CertificateFacts {
  /** What it is for people: `the authority "RPi Cluster Alert hub"`. */
  readonly what: string;
  /** Wall-clock times in ms. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly nowMs: number;
  readonly renewal: string;
}

export function certificateFinding(facts: CertificateFacts): Finding {
  const { what, fromMs, untilMs, nowMs, renewal } = facts;
  if (nowMs < fromMs) {
    const found = `${what} is valid from ${formatRfc3339(fromMs)} on`;
    return wrong("tls", found, "look at the clock of this machine: timedatectl");
  }
  if (nowMs >= untilMs) {
    return wrong("tls", `${what} ended ${formatRfc3339(untilMs)}`, renewal);
  }
  const found = `${what} is valid until ${formatRfc3339(untilMs)}`;
  const restMs = untilMs - nowMs;
  if (restMs >= SOON_MS) return fine("tls", found);
  return warning("tls", `${found}, for ${durationText(restMs)}`, renewal);
}
