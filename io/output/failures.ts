/** Collects failures of a Pi's parts, such as its LED, and logs a common reason once. */

import { getLog } from "../log/log.ts";

interface Failure {
  readonly name: string;
  readonly reason: string;
  readonly advice: string | undefined;
}

const log = getLog("alarm");

/** Waits a moment before it logs, so that parts that fail together appear on one line. */
export class Failures {
  readonly #adviceOn: (error: unknown) => string | undefined;
  readonly #unreported: Failure[] = [];

  /** `adviceOn` returns advice about an error in plain words, if there is any. */
  constructor(adviceOn: (error: unknown) => string | undefined) {
    this.#adviceOn = adviceOn;
  }

  add(name: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    // This timer must not delay the end of the program.
    if (this.#unreported.length === 0) Deno.unrefTimer(setTimeout(() => this.#report()));
    this.#unreported.push({ name, reason, advice: this.#adviceOn(error) });
  }

  #report(): void {
    const byReason = Map.groupBy(this.#unreported.splice(0), ({ reason }) => reason);
    for (const [reason, failures] of byReason) {
      const names = listed(failures.map(({ name }) => name));
      const verb = failures.length === 1 ? "does" : "do";
      const advice = failures[0]?.advice;
      log.warning(`${names} ${verb} not work, and will be tried again`, {
        reason,
        ...(advice === undefined ? {} : { advice }),
      });
    }
  }
}

/** Returns, for example, "LED, buzzer and button". */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}
