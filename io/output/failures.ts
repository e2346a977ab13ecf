/** Parts of a Pi that do not work, such as its LED: one reason for several of them is told once. */

import { getLog } from "../log/log.ts";

interface Failure {
  readonly name: string;
  readonly reason: string;
  readonly advice: string | undefined;
}

const log = getLog("alarm");

/** Tells in a moment what failed just now, so that what failed together is one line. */
export class Failures {
  readonly #adviceOn: (error: unknown) => string | undefined;
  readonly #unreported: Failure[] = [];

  /** `adviceOn` says what a person can do about an error, in words, if anything is known. */
  constructor(adviceOn: (error: unknown) => string | undefined) {
    this.#adviceOn = adviceOn;
  }

  add(name: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    // Nobody shall be kept waiting for a word about an output when all else has ended.
    if (this.#unreported.length === 0) Deno.unrefTimer(setTimeout(() => this.#tell()));
    this.#unreported.push({ name, reason, advice: this.#adviceOn(error) });
  }

  #tell(): void {
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

/** "LED, buzzer and button". */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${last}` : last;
}
