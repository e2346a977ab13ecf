/** Reports that the checkpoint cannot be written: at once in the log, and to people if it lasts. */

import type { FaultInput } from "../../core/alerting/policy/input.ts";
import type { HistoryFault } from "../../core/alerting/cause.ts";
import { getLog } from "../../io/log/log.ts";
import { storageFaultOf } from "../store/database/storage_fault.ts";
import { ForeignCheckpoint } from "./write_checkpoint.ts";

/** The log interval while the fault lasts. */
const LOG_EVERY_MS = 3_600_000;

const log = getLog("checkpoint");

export interface CheckpointFaultOptions {
  readonly folder: string;
  /** People are notified when the fault has lasted this long. */
  readonly reportAfterMs: number;
  readonly onFault: (fault: FaultInput) => void;
}

export class CheckpointFault {
  readonly #options: CheckpointFaultOptions;
  #cause: HistoryFault | undefined;
  #sinceMs = 0;
  #loggedMs = 0;
  /** The state that people were last notified of, if any. */
  #isReported: boolean | undefined;

  constructor(options: CheckpointFaultOptions) {
    this.#options = options;
  }

  /** The last attempt has failed. */
  get isWrong(): boolean {
    return this.#cause !== undefined;
  }

  /** An attempt has failed at this monotonic instant. */
  begin(cause: HistoryFault, reason: string, nowMs: number): void {
    const { folder, reportAfterMs } = this.#options;
    if (this.#cause === undefined) this.#sinceMs = nowMs;
    if (this.#cause !== cause || nowMs - this.#loggedMs >= LOG_EVERY_MS) {
      this.#loggedMs = nowMs;
      log.error("the checkpoint cannot be written", { cause, reason, folder });
    }
    this.#cause = cause;
    if (this.#isReported || nowMs - this.#sinceMs < reportAfterMs) return;
    this.#report({ isWrong: true, cause, sinceMs: this.#sinceMs });
  }

  /** An attempt has succeeded. */
  end(nowMs: number): void {
    if (this.#cause !== undefined) log.info("the checkpoint is written again");
    this.#cause = undefined;
    // An earlier run may have reported the fault.
    if (this.#isReported !== false) this.#report({ isWrong: false, cause: "", sinceMs: nowMs });
  }

  #report(change: Pick<FaultInput, "isWrong" | "cause" | "sinceMs">): void {
    this.#isReported = change.isWrong;
    const subject = { kind: "hub", fault: "checkpoint_not_written" } as const;
    this.#options.onFault({ kind: "fault", subject, name: "", ...change });
  }
}

/** Why an attempt has failed. */
export function causeOf(error: unknown): HistoryFault {
  if (error instanceof ForeignCheckpoint) return "replaced";
  const isMissing = error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
  if (isMissing) return "deleted";
  return storageFaultOf(error)?.cause ?? "io_error";
}
