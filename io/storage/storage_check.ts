/**
 * Checks a machine's storage once: it reads, writes if due, and checks whether the mount is
 * writable.
 */

import { isFault, type StorageFinding } from "../../core/protocol/storage.ts";
import type { Clock } from "../time/clock.ts";
import {
  isReadOnly,
  isRemote,
  isShutOff,
  type Mount,
  mountFrom,
  wantsWriting,
} from "./mount_line.ts";
import { findingOf, startFinding } from "./storage_finding.ts";
import { type ShellAnswer, StorageShell } from "./storage_shell.ts";

export interface StorageCheckOptions {
  readonly clock: Clock;
  /** Files on the root file system, the best candidate first. */
  readonly systemFiles: readonly string[];
  /**
   * A file to write on the file system of the program's state; absent when the program keeps none.
   */
  readonly canary: string | undefined;
  /** The time limit of each read or write. */
  readonly answerMs: number;
}

/** A file whose blocks are read. */
interface Sample {
  readonly path: string;
  readonly blocks: number;
}

const ROOT = "/";
const FSTAB = "/etc/fstab";
const BLOCK_BYTES = 4096;
/**
 * A timer that is this late means that the program was stalled. The time limit then starts again.
 */
const STALL_MS = 2000;

class NoAnswer extends Error {}

/** Uses one shell, and sends nothing more while that waits for the disk. */
export class StorageCheck implements AsyncDisposable {
  readonly #options: StorageCheckOptions;
  readonly #fstab: string;
  readonly #sample: Sample | undefined;
  readonly #wereWritable = new Set<string>();
  #shell: StorageShell | undefined;
  #hangs = false;

  /** Opens the files now, while the disk still works. */
  constructor(options: StorageCheckOptions) {
    this.#options = options;
    this.#fstab = readText(FSTAB);
    this.#sample = sampleOf(options.systemFiles);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shell?.[Symbol.asyncDispose]();
  }

  /** A child process waits too long for the disk. Starting another process now may hang as well. */
  get hangs(): boolean {
    return this.#hangs;
  }

  /**
   * Returns the first fault, or that all is well. Never throws; each operation takes `answerMs` at
   * most.
   */
  async run({ write }: { readonly write: boolean }): Promise<StorageFinding> {
    if (this.hangs) return "no_answer";
    try {
      const shell = this.#openShell();
      const root = mountFrom((await this.#answer(shell.mountOf(ROOT))).words);
      const ofRoot = await this.#checkRoot(shell, root);
      if (isFault(ofRoot)) return ofRoot;
      const ofState = await this.#checkState(shell, { root, write });
      return isFault(ofState) || ofRoot === "not_known" ? ofState : ofRoot;
    } catch (error) {
      return error instanceof NoAnswer ? "no_answer" : startFinding(error);
    }
  }

  async #checkRoot(shell: StorageShell, root: Mount | undefined): Promise<StorageFinding> {
    if (root === undefined || isRemote(root)) return "not_known";
    const isTurned = this.#hasTurnedReadOnly(root);
    if (this.#sample === undefined) return isTurned ? "read_only" : "not_known";
    const { path, blocks } = this.#sample;
    // Each check reads a random block, because one bad block does not represent the whole card.
    const block = Math.floor(Math.random() * blocks);
    const finding = findingOf(await this.#answer(shell.read(path, block)));
    return isTurned && !isFault(finding) ? "read_only" : finding;
  }

  async #checkState(
    shell: StorageShell,
    { root, write }: { readonly root: Mount | undefined; readonly write: boolean },
  ): Promise<StorageFinding> {
    const { canary, clock } = this.#options;
    if (canary === undefined) return "not_known";
    const mount = mountFrom((await this.#answer(shell.mountOf(canary))).words);
    if (mount === undefined || isRemote(mount)) return "not_known";
    const isOnRoot = root !== undefined && mount.source === root.source;
    if (!isOnRoot && this.#hasTurnedReadOnly(mount)) return "read_only";
    if (write && !isReadOnly(mount)) {
      const stamp = Math.round(clock.wallMs(clock.nowMs()));
      return findingOf(await this.#answer(shell.write(canary, stamp)));
    }
    return isOnRoot ? "not_known" : findingOf(await this.#answer(shell.read(canary, 0)));
  }

  /**
   * Read-only against /etc/fstab, or since this program began. Many root file systems are read-only
   * by design.
   */
  #hasTurnedReadOnly(mount: Mount): boolean {
    if (isShutOff(mount)) return true;
    if (!isReadOnly(mount)) {
      this.#wereWritable.add(mount.point);
      return false;
    }
    return wantsWriting(this.#fstab, mount.point) ?? this.#wereWritable.has(mount.point);
  }

  #openShell(): StorageShell {
    if (this.#shell === undefined || this.#shell.hasEnded) this.#shell = new StorageShell();
    return this.#shell;
  }

  async #answer(pending: Promise<ShellAnswer>): Promise<ShellAnswer> {
    const { clock, answerMs } = this.#options;
    for (;;) {
      const dueMs = clock.nowMs() + answerMs;
      const { promise: isOver, resolve } = Promise.withResolvers<undefined>();
      using _alarm = clock.callAt(dueMs, () => resolve(undefined));
      const answer = await Promise.race([pending, isOver]);
      if (answer !== undefined) return answer;
      if (clock.nowMs() - dueMs < STALL_MS) break;
    }
    this.#hangs = true;
    const end = () => this.#hangs = false;
    pending.then(end, end);
    throw new NoAnswer();
  }
}

/** Returns a file that is on the root file system, if there is one. */
function sampleOf(paths: readonly string[]): Sample | undefined {
  const root = statOf(ROOT);
  const large = paths.flatMap((path) => {
    const info = statOf(path);
    const blocks = Math.floor((info?.size ?? 0) / BLOCK_BYTES);
    return info?.isFile && blocks > 0 ? [{ path, blocks, device: info.dev }] : [];
  });
  return large.find(({ device }) => device === root?.dev) ?? large[0];
}

function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
