/** One check of a machine's storage: reads, a write where it is due, and whether it may be written. */

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
  /** Files on the root file system, the best one to read first. */
  readonly systemFiles: readonly string[];
  /** A file on the file system of the program's state, to be written; left out where it keeps none. */
  readonly canary: string | undefined;
  /** How long each read or write may take. */
  readonly answerMs: number;
}

/** A file of which blocks are read. */
interface Sample {
  readonly path: string;
  readonly blocks: number;
}

const ROOT = "/";
const FSTAB = "/etc/fstab";
const BLOCK_BYTES = 4096;
/** A timer that is this late is one of a program that stood still: the answer gets its time again. */
const STALL_MS = 2000;

class NoAnswer extends Error {}

/** Asks one shell, and nothing more while that waits for the disk. */
export class StorageCheck implements AsyncDisposable {
  readonly #options: StorageCheckOptions;
  readonly #fstab: string;
  readonly #sample: Sample | undefined;
  readonly #wereWritable = new Set<string>();
  #shell: StorageShell | undefined;
  #hangs = false;

  /** Looks at the files at once, while the disk is well. */
  constructor(options: StorageCheckOptions) {
    this.#options = options;
    this.#fstab = readText(FSTAB);
    this.#sample = sampleOf(options.systemFiles);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shell?.[Symbol.asyncDispose]();
  }

  /** A child has waited too long for the disk: whoever starts another process now may hang, too. */
  get hangs(): boolean {
    return this.#hangs;
  }

  /** The first fault, or whether all is well. Throws nothing; takes `answerMs` a question at most. */
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
    // Another block each time: one that is bad is not the whole card.
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

  /** Against the owner's wish, or since this program began. Many a root is read-only by design. */
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

  async #answer(asked: Promise<ShellAnswer>): Promise<ShellAnswer> {
    const { clock, answerMs } = this.#options;
    for (;;) {
      const dueMs = clock.nowMs() + answerMs;
      const { promise: isOver, resolve } = Promise.withResolvers<undefined>();
      using _alarm = clock.callAt(dueMs, () => resolve(undefined));
      const answer = await Promise.race([asked, isOver]);
      if (answer !== undefined) return answer;
      if (clock.nowMs() - dueMs < STALL_MS) break;
    }
    this.#hangs = true;
    const end = () => this.#hangs = false;
    asked.then(end, end);
    throw new NoAnswer();
  }
}

/** One on the root file system, if any is known to be there. */
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
