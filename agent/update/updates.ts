/**
 * The agent's part of an upgrade: it hands the hub's request to the updater, a service of root that
 * trusts neither of them, and reports what became of it.
 */

import { decodeUpdateFile, type UpdateReport } from "../../core/protocol/update_report.ts";
import { decodeUpdateRequest } from "../../core/protocol/update_request.ts";
import { type BucketRule, newBucket, takeToken } from "../../core/structures/token_bucket.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import type { Clock } from "../../io/time/clock.ts";
import { readMachineFiles } from "../../vitals/machine_files.ts";

/** Exists on a Pi that takes upgrades. Only root may write it. */
export const CHOICE_FILE = "/etc/rpi-cluster-alert/update.conf";
/** What the updater says of its last run. */
export const RESULT_FILE = "/var/lib/rpi-cluster-update/result";
/** In the agent's state folder. systemd starts the updater when it appears. */
export const REQUEST_FILE = "update-request";

/** A person tries again; a broker without rules may let anybody ask for ever. */
const REQUESTS: BucketRule = { burst: 10, everyMs: 120_000 };

export interface UpdatesOptions {
  readonly clock: Clock;
  /** The agent's state folder. */
  readonly folder: string;
  /** The folder that stands for `/`. */
  readonly root?: string;
}

const log = getLog("update");

export class Updates {
  readonly #options: UpdatesOptions;
  #result: UpdateReport | undefined;
  #isAsked = false;
  readonly #requests = newBucket();

  private constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Returns `undefined` where the Pi takes no upgrades. Throws only the reason of `signal`. */
  static async open(options: UpdatesOptions, signal?: AbortSignal): Promise<Updates | undefined> {
    const updates = new Updates(options);
    const files = await readMachineFiles([CHOICE_FILE, RESULT_FILE], options.root, signal);
    if (!files.has(CHOICE_FILE)) return undefined;
    updates.#result = decodeUpdateFile(files.get(RESULT_FILE) ?? "");
    updates.#isAsked = await isThere(updates.#request);
    return updates;
  }

  get report(): UpdateReport {
    const result = this.#result ?? { state: "ready" };
    return this.#isAsked ? { ...result, state: "asked" } : result;
  }

  /** Takes the hub's request. Never rejects. */
  async ask(payload: string): Promise<void> {
    const request = decodeUpdateRequest(payload);
    if (!request.ok) return log.warning("ignored a request to upgrade", { reason: request.reason });
    // The updater does all that is asked meanwhile.
    if (this.#isBusy) return;
    if (!takeToken(this.#requests, REQUESTS, this.#options.clock.nowMs())) {
      return log.warning("ignored a request to upgrade", { reason: "too many of them" });
    }
    this.#isAsked = true;
    log.info("the hub asks for an upgrade", { version: request.value.version });
    try {
      await Deno.writeTextFile(this.#request, "", { mode: 0o600 });
    } catch (error) {
      this.#isAsked = false;
      log.error("cannot ask the updater", { file: this.#request, reason: reasonOf(error) });
    }
  }

  /** Reads what has become of the request, if there is one. Throws only the reason of `signal`. */
  async look(signal?: AbortSignal): Promise<void> {
    if (!this.#isBusy) return;
    // The updater first says that it runs, and then removes the request.
    this.#isAsked = await isThere(this.#request);
    const files = await readMachineFiles([RESULT_FILE], this.#options.root, signal);
    this.#result = decodeUpdateFile(files.get(RESULT_FILE) ?? "") ?? this.#result;
  }

  get #isBusy(): boolean {
    return this.#isAsked || this.#result?.state === "running";
  }

  get #request(): string {
    return `${this.#options.folder}/${REQUEST_FILE}`;
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}
