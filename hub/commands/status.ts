/** `hub status`: prints the cluster's status as the running hub knows it. */

import type { StatusCode, StatusView } from "../../core/api/status_view.ts";
import type { TlsView } from "../../core/api/tls_view.ts";
import { redacted } from "../../io/log/redaction.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { ExitCode, Main } from "../../io/program/program.ts";
import { UserError } from "../../io/program/user_error.ts";
import { LocalApi } from "./local_api.ts";
import { runningTls } from "./running_tls.ts";
import { statusLines } from "./status_text.ts";

/** The exit code for an unknown status: the hub does not answer, or does not see the cluster. */
const NOBODY_KNOWS = 3;

const EXIT_CODES: Readonly<Record<StatusCode, ExitCode>> = {
  down: 1,
  failing: 1,
  blind: NOBODY_KNOWS,
  none: NOBODY_KNOWS,
  unknown: NOBODY_KNOWS,
  late: 0,
  up: 0,
  maintenance: 0,
  stopped: 0,
};

export const status: Subcommand<Main> = {
  usage: "status",
  description: "Prints the state of the cluster. Exit code 1: a Pi is down or fails; 3: not known.",
  options: [{ flags: "--json", description: "for a program: one JSON object" }],
  async main({ config, options: { json } }) {
    let answer: unknown;
    try {
      answer = await new LocalApi(config).ask("/api/v1/status", undefined);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const message = redacted(error.message);
      if (json === true) console.log(JSON.stringify({ error: { code: "no_answer", message } }));
      else console.error(`${message}\nWhether a Pi is down is not known. Does the hub run?`);
      return NOBODY_KNOWS;
    }
    if (!isStatus(answer)) throw new Error("The hub's answer has the format of another version");
    const tls = await runningTls(config);
    if (json === true) console.log(JSON.stringify(answer));
    else for (const line of [...statusLines(answer), ...tlsLines(tls)]) console.log(line);
    return EXIT_CODES[answer.status];
  },
};

function tlsLines(tls: TlsView | undefined): readonly string[] {
  if (tls === undefined || tls.ca_fingerprint === null) return [];
  return ["", `The hub's authority for TLS: SHA-256 ${tls.ca_fingerprint}`];
}

/** Whether an answer has the format of this version. */
export function isStatus(answer: unknown): answer is StatusView {
  return typeof answer === "object" && answer !== null &&
    "status" in answer && typeof answer.status === "string" && answer.status in EXIT_CODES &&
    "nodes" in answer && Array.isArray(answer.nodes);
}
