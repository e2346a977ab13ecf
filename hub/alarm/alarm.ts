/** Tells every tracker which buzzers are to be quiet, and hears who silences them beside the hub. */

import { newPressBudget, takePress } from "../../core/alarm/press_budget.ts";
import { heardSilence, NO_SILENCE, type Silence } from "../../core/alarm/silence.ts";
import { type AlarmMessage, encodeAlarm } from "../../core/protocol/wire.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import { ALL, type InForce, Silences } from "./silences.ts";

/** While somebody is silenced it is said this often: a tracker believes it for a day at most. */
const REPEAT_MS = 3_600_000;
/** Of a node that says so more often only the last word counts: each is written to the disk. */
const BELIEVE_EVERY_MS = 1000;
/** The hub's copies on their way through the broker are fewer. */
const SAID_MAX = 16;
/** A node that goes on saying what it may not say is logged this often. */
const WARN_EVERY_MS = 60_000;

/** What trackers are told: what they believe, and a copy for those that know the older topic alone. */
export interface AlarmPayloads {
  readonly plan: string;
  readonly copy: string;
}

export interface HubAlarmOptions {
  readonly store: Pick<Store, "silences" | "maintenance" | "facts">;
  readonly clock: Clock;
  /** Says it to the trackers, retained; in vain without a connection. */
  readonly publish: (payloads: AlarmPayloads) => void;
  /** What is in force may have changed. */
  readonly onChange?: () => void;
}

const log = getLog("alarm");

/** Silences outlive the hub; maintenance keeps the same buzzers quiet. */
export class HubAlarm implements Disposable {
  readonly #clock: Clock;
  readonly #publish: (payloads: AlarmPayloads) => void;
  readonly #onChange: () => void;
  readonly #silences: Silences;
  #timer: Disposable | undefined;
  #heard:
    | { readonly message: AlarmMessage; readonly atMs: number; readonly timer: Disposable }
    | undefined;
  #believableMs = -Infinity;
  /** By its instant the hub knows a copy of its own that comes back, which each does once. Newest last. */
  readonly #saidMs: number[] = [];
  readonly #budget = newPressBudget();
  #warnedMs = -Infinity;

  constructor({ store, clock, publish, onChange = () => {} }: HubAlarmOptions) {
    this.#clock = clock;
    this.#publish = publish;
    this.#onChange = onChange;
    this.#silences = new Silences(store, clock);
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#heard?.timer[Symbol.dispose]();
  }

  /** Buzzers are quiet about a node, or all, for so long from now on; 0 ends it. On disk when it returns. */
  silence(node: string | undefined, forMs: number): void {
    const sinceMs = this.#clock.nowMs();
    this.#silences.silence(node ?? ALL, { sinceMs, untilMs: sinceMs + forMs });
    log.info("silence", { node: node ?? "all", for_ms: forMs });
    this.say();
  }

  /** The monitor knows of this maintenance, whose end is monotonic: buzzers are quiet likewise. */
  maintain(node: string | undefined, untilMs: number): void {
    this.#silences.maintain(node ?? ALL, untilMs);
    this.say();
  }

  /** Somebody takes care of these dead nodes, and of no other: buzzers are quiet about them. */
  acknowledge(nodes: ReadonlySet<string>): void {
    if (this.#silences.acknowledge(nodes)) this.say();
  }

  /** The calendar stepped: what an earlier boot was asked for may end at another time. */
  renew(): void {
    this.#silences.renew();
    this.say();
  }

  inForce(): InForce {
    return this.#silences.inForce();
  }

  /** What a tracker makes of what is in force. */
  asHeard(): Silence {
    return this.#silences.asHeard();
  }

  /** Says what is in force: to be called whenever a connection is made. */
  say(): void {
    this.#silences.dropEnded();
    const { ofAll } = this.#silences;
    const atMs = Math.round(this.#clock.wallMs(this.#clock.nowMs()));
    this.#saidMs.push(atMs);
    this.#saidMs.splice(0, this.#saidMs.length - SAID_MAX);
    const said = {
      node: undefined,
      atMs,
      silencedUntilMs: ofAll && this.#clock.wallMs(ofAll.untilMs),
      sinceMs: ofAll && this.#clock.wallMs(ofAll.sinceMs),
      planned: this.#silences.planned(),
    };
    this.#publish({ plan: encodeAlarm(said), copy: encodeAlarm(said, { isCopy: true }) });
    this.#wait();
    this.#onChange();
  }

  /**
   * A node said it: a person pressed the button of a tracker. What the broker kept is older than what
   * the hub knows itself. Of the hub's topic the hub hears its own words alone.
   */
  heard(message: AlarmMessage): void {
    if (message.source === "hub" || message.retained || this.#isOwnCopy(message)) return;
    const atMs = this.#clock.nowMs();
    const timer = this.#heard?.timer ??
      this.#clock.callAt(this.#believableMs, () => this.#believe());
    this.#heard = { message, atMs, timer };
  }

  /** Once: a node that repeats a copy means older trackers to believe anew what was said long ago. */
  #isOwnCopy({ source, atMs }: AlarmMessage): boolean {
    const index = source === "copy" ? this.#saidMs.indexOf(atMs ?? NaN) : -1;
    if (index >= 0) this.#saidMs.splice(index, 1);
    return index >= 0;
  }

  #believe(): void {
    const heard = this.#heard;
    this.#heard = undefined;
    if (heard === undefined) return;
    const nowMs = this.#clock.nowMs();
    this.#believableMs = nowMs + BELIEVE_EVERY_MS;
    const { message, atMs } = heard;
    if (message.source === "copy" || message.planned !== undefined) {
      return this.#contradict("speaks of silences as only the hub does");
    }
    // Since it was heard and not since now: who died in between is not silenced.
    const input = { kind: "silence", message, wallMs: this.#clock.wallMs(atMs) } as const;
    const { press } = heardSilence(NO_SILENCE, input, atMs);
    if (press.untilMs > nowMs && !takePress(this.#budget, nowMs)) {
      return this.#contradict("presses a button too often");
    }
    this.#silences.press(press, message.node);
    const forMs = Math.max(0, Math.round(press.untilMs - nowMs));
    log.info("silence by a button", { node: message.node ?? "unknown", for_ms: forMs });
    this.say();
  }

  /** Older trackers believed it: they must hear what is true. */
  #contradict(why: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#warnedMs >= WARN_EVERY_MS) {
      this.#warnedMs = nowMs;
      log.warning("a node may not silence the buzzers so: contradicted", { why });
    }
    this.say();
  }

  /** Every end is said, too: a tracker whose calendar is wrong would stay quiet. */
  #wait(): void {
    this.#timer?.[Symbol.dispose]();
    const { nextEndMs, isInForce } = this.#silences;
    const nextMs = isInForce ? Math.min(nextEndMs, this.#clock.nowMs() + REPEAT_MS) : Infinity;
    // A timer may be early by a fraction of a millisecond.
    const isDue = () => nextMs <= this.#clock.nowMs();
    this.#timer = this.#clock.callAt(nextMs, () => isDue() ? this.say() : this.#wait());
  }
}
