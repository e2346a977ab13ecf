/** The TLS of the hub that runs on this machine. */

import type { TlsView } from "../../core/api/tls_view.ts";
import type { Config } from "../../core/config/settings.ts";
import { UserError } from "../../io/program/user_error.ts";
import { LocalApi } from "./local_api.ts";

/** `undefined`: no hub runs, or an older one. */
export async function runningTls(config: Config): Promise<TlsView | undefined> {
  try {
    const answer = await new LocalApi(config).ask("/api/v1/tls", undefined);
    return isTls(answer) ? answer : undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}

function isTls(answer: unknown): answer is TlsView {
  return typeof answer === "object" && answer !== null &&
    "ca_fingerprint" in answer && "mqtts_port" in answer;
}
