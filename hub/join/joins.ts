/**
 * All joins of this run of the hub. They are in memory alone: a restart of the hub ends every line
 * that was not used, and whoever has one makes another.
 */

import { JOINS_SHOWN_MAX, type JoinView } from "../../core/api/join_view.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import type { Clock } from "../../io/time/clock.ts";
import { Join, type JoinRequest } from "./join.ts";
import { digestOf, newSecret } from "./secret.ts";

/** Lines and runs at a time. */
export const OPEN_MAX = 20;
/** The outcome of a join is shown for this long. */
const REMEMBERED_MS = 3_600_000;

export interface JoinsOptions {
  readonly clock: Clock;
  /** A join was made, has changed or is forgotten. */
  readonly onChange: () => void;
}

export interface Made {
  readonly join: Join;
  /** Stands in the line. The hub keeps only its digest. */
  readonly token: string;
}

export class Joins implements Disposable {
  readonly #options: JoinsOptions;
  /** By the digest of the token, the oldest first. */
  readonly #joins = new Map<string, Join>();
  #timer: Disposable | undefined;

  constructor(options: JoinsOptions) {
    this.#options = options;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /**
   * Makes a line for a Pi, which ends another one for the same Pi. Returns `undefined` when too many
   * are open.
   */
  make(request: JoinRequest): Made | undefined {
    const nowMs = this.nowMs();
    this.#tend(nowMs);
    this.#cancelFor(request.node, nowMs);
    const open = [...this.#joins.values()].filter(({ endedMs }) => endedMs === Infinity);
    if (open.length >= OPEN_MAX) return undefined;
    const token = newSecret();
    const join = new Join(request, token, nowMs);
    this.#joins.set(join.tokenDigest, join);
    this.#changed();
    return { join, token };
  }

  /** Returns the join with this token, also when it has ended. */
  find(token: string): Join | undefined {
    const digest = digestOf(token);
    return digest === undefined ? undefined : this.#joins.get(digest);
  }

  /** Changes a join, and reports it. */
  change<Result>(join: Join, change: (join: Join, nowMs: number) => Result): Result {
    const result = change(join, this.nowMs());
    this.#changed();
    return result;
  }

  /** Ends the line or the run with this id. Returns false when there is none. */
  end(id: string): boolean {
    const join = [...this.#joins.values()].find((one) => one.id === id);
    if (join === undefined || join.endedMs !== Infinity) return false;
    this.change(join, (one, nowMs) => one.cancel(nowMs));
    return true;
  }

  /** Ends the line or the run for a Pi whose credential was revoked. */
  endFor(node: string): void {
    if (this.#cancelFor(node, this.nowMs())) this.#changed();
  }

  /** Returns whether there was anything to end. */
  #cancelFor(node: string, nowMs: number): boolean {
    const open = [...this.#joins.values()].filter(({ request, endedMs }) =>
      request.node === node && endedMs === Infinity
    );
    for (const join of open) join.cancel(nowMs);
    return open.length > 0;
  }

  /** The newest first. */
  views(): readonly JoinView[] {
    return [...this.#joins.values()].toReversed().slice(0, JOINS_SHOWN_MAX)
      .map((join) => this.view(join));
  }

  view(join: Join): JoinView {
    const { id, request: { node, name }, step, failure = null, from = null, lineUntilMs } = join;
    const until = formatRfc3339(this.#options.clock.wallMs(lineUntilMs));
    return { id, node, name, step, failure, until, from };
  }

  /** The instant by which lines end, monotonic. */
  nowMs(): number {
    return this.#options.clock.nowMs();
  }

  #changed(): void {
    this.#wait();
    this.#options.onChange();
  }

  /** Ends what is too old, and forgets what ended long ago. Returns whether anything has changed. */
  #tend(nowMs: number): boolean {
    let hasChanged = false;
    for (const [digest, join] of this.#joins) {
      if (join.expire(nowMs)) hasChanged = true;
      const isOver = join.endedMs + REMEMBERED_MS <= nowMs;
      const isSurplus = join.endedMs !== Infinity && this.#joins.size > JOINS_SHOWN_MAX;
      if (isOver || isSurplus) {
        this.#joins.delete(digest);
        hasChanged = true;
      }
    }
    return hasChanged;
  }

  #wait(): void {
    const { clock } = this.#options;
    const atMs = Math.min(
      ...[...this.#joins.values()].map((join) =>
        Math.min(join.expiresMs, join.endedMs + REMEMBERED_MS)
      ),
    );
    this.#timer?.[Symbol.dispose]();
    this.#timer = clock.callAt(atMs, () => {
      if (this.#tend(this.nowMs())) this.#changed();
      else this.#wait();
    });
  }
}
