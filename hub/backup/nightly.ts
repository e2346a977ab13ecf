/** Makes a backup each night, and keeps those of the last days. */

import { join } from "node:path";
import { statfs } from "node:fs/promises";
import { backupName, isBackupDue, obsoleteBackups } from "../../core/history/backup_plan.ts";
import type { BackupFailure, BackupView } from "../../core/api/backup_view.ts";
import type { Config } from "../../core/config/settings.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import { getLog } from "../../io/log/log.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { databaseFile } from "../host/state_folder.ts";
import type { WriteThrough } from "../store/database/write_through.ts";
import { backupsIn } from "./backups_folder.ts";
import { removeIfAny } from "./file_bytes.ts";
import { writeBackup } from "./write_backup.ts";

const LOOK_EVERY_MS = 60_000;
/** A hub that crashes again and again spares the disk. */
const FIRST_AFTER_MS = 10 * 60_000;
const RETRY_AFTER_MS = 10 * 60_000;
/** Between two steps of the copy the worker writes what the hub has changed meanwhile. */
const STEP_EVERY_MS = 20;
/** What must stay free for the hub's own database. */
const FREE_BYTES_MIN = 64 * 1024 * 1024;
const FOLDER_MODE = 0o700;

const NOT_FAILED = { failure: null, error: null } as const;

const log = getLog("backup");

export interface NightlyOptions {
  readonly config: Config;
  readonly folder: string;
  readonly database: Pick<WriteThrough, "step" | "fault">;
  readonly clock: Clock;
  /** The hub's configuration file; it may be missing. */
  readonly configPath: string;
}

export class NightlyBackups {
  readonly #options: NightlyOptions;
  #last: string | null = null;
  #failed: Pick<BackupView, "failure" | "error"> = NOT_FAILED;

  constructor(options: NightlyOptions) {
    this.#options = options;
  }

  get view(): BackupView {
    return { folder: this.#options.folder, last_at: this.#last, ...this.#failed };
  }

  /** Runs until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    await this.#look();
    let nextMs = clock.nowMs() + FIRST_AFTER_MS;
    while (!stop.aborted) {
      await sleepUntil(clock, nextMs, stop);
      if (stop.aborted) return;
      const isDone = await Promise.race([this.#attempt(stop), aborted(stop)]);
      nextMs = clock.nowMs() + (isDone ? LOOK_EVERY_MS : RETRY_AFTER_MS);
    }
  }

  /** Finds out about the backups of earlier runs. */
  async #look(): Promise<void> {
    try {
      const newestMs = (await backupsIn(this.#options.folder)).at(-1)?.atMs;
      this.#last = newestMs === undefined ? null : formatRfc3339(newestMs);
    } catch {
      // The first attempt says why.
    }
  }

  /** Returns false when it has failed. */
  async #attempt(stop: AbortSignal): Promise<boolean> {
    const { folder, clock } = this.#options;
    try {
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      const names = (await backupsIn(folder)).map(({ name }) => name);
      const nowMs = clock.wallMs(clock.nowMs());
      const now = new Date(nowMs);
      const day = localDay(now);
      if (!isBackupDue({ names, day, hour: now.getHours() })) return true;
      await this.#assertRoom();
      await this.#write(join(folder, backupName(day)), { nowMs, stop });
      for (const name of obsoleteBackups([...names, backupName(day)])) {
        await removeIfAny(join(folder, name));
      }
      this.#last = formatRfc3339(nowMs);
      this.#failed = NOT_FAILED;
      return true;
    } catch (error) {
      if (stop.aborted) return true;
      const reason = reasonOf(error);
      // The disk may be full for days.
      if (reason !== this.#failed.error) {
        log.error("cannot make the nightly backup", { folder, reason });
      }
      this.#failed = { failure: failureOf(error), error: reason };
      return false;
    }
  }

  async #write(
    path: string,
    { nowMs, stop }: { readonly nowMs: number; readonly stop: AbortSignal },
  ): Promise<void> {
    const { config, configPath } = this.#options;
    const { bytes } = await writeBackup({
      config,
      path,
      copyDatabase: (copy) => this.#copy(copy, stop),
      configText: await textIfAny(configPath),
      nowMs,
    });
    log.info("made the nightly backup", { file: path, kb: Math.ceil(bytes / 1000) });
  }

  /** The worker, which alone uses the file, copies it step by step. */
  async #copy(path: string, stop: AbortSignal): Promise<void> {
    const { database, clock } = this.#options;
    if (database.fault !== undefined) throw new Hindrance("database", database.fault.reason);
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<
        { readonly isMore?: boolean; readonly error?: string }
      >();
      database.step({ kind: "copy", path }, resolve);
      const { isMore = false, error } = await promise;
      if (error !== undefined) throw new Error(error);
      if (!isMore) return;
      await sleepUntil(clock, clock.nowMs() + STEP_EVERY_MS, stop);
      stop.throwIfAborted();
    }
  }

  /** A backup must not take the room that the database needs. */
  async #assertRoom(): Promise<void> {
    const { config, folder } = this.#options;
    const needed = 2 * (await Deno.stat(databaseFile(config))).size + FREE_BYTES_MIN;
    for (const path of new Set([config.hub.stateDir, folder])) {
      const { bavail, bsize } = await statfs(path);
      const free = Number(bavail) * Number(bsize);
      if (free >= needed) continue;
      const [has, wants] = [free, needed].map((bytes) => Math.ceil(bytes / 1_000_000));
      throw new Hindrance("no_room", `"${path}" has ${has} MB free, and ${wants} MB are needed`);
    }
  }
}

/** A reason that the hub has found itself. */
class Hindrance extends Error {
  readonly failure: BackupFailure;

  constructor(failure: BackupFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

const FAILURES: Readonly<Record<string, BackupFailure>> = {
  EACCES: "forbidden",
  EDQUOT: "no_room",
  ENOSPC: "no_room",
  EPERM: "forbidden",
  EROFS: "read_only",
};

/** By the kernel's name of an error. */
function failureOf(error: unknown): BackupFailure {
  if (error instanceof Hindrance) return error.failure;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return FAILURES[code] ?? "other";
}

/** `2026-11-30` in local time. */
function localDay(date: Date): string {
  const pad = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

async function textIfAny(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

async function aborted(stop: AbortSignal): Promise<boolean> {
  if (stop.aborted) return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  stop.addEventListener("abort", () => resolve(true), { once: true });
  return await promise;
}
