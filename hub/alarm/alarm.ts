/** Tells every tracker which buzzers must be quiet, and receives silences that others publish. */

import { newPressBudget, takePress } from "../../core/alarm/press_budget.ts";
import { NO_SILENCE, receivedSilence, type Silence } from "../../core/alarm/silence.ts";
import type { AlarmMessage } from "../../core/protocol/wire.ts";
import { encodeAlarm } from "../../core/protocol/wire_encoding.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Store } from "../store/store.ts";
import { ALL, type InForce, Silences } from "./silences.ts";

/**
 * Interval at which silences in force are published again, because a tracker accepts a silence for
 * a day at most.
 */
const REPEAT_MS = 3_600_000;
/**
 * When a node publishes silences faster than this, only the last one counts, because each is
 * written to the disk.
 */
const ACCEPT_EVERY_MS = 1000;
/** More than the hub's own copies that can be in transit through the broker. */
const COPIES_MAX = 16;
/** The log interval for a node that repeatedly publishes forbidden messages. */
const WARN_EVERY_MS = 60_000;

/**
 * What trackers receive: the silence itself, and a copy for older trackers, which only know the
 * older topic.
 */
export interface AlarmPayloads {
  readonly plan: string;
  readonly copy: string;
}

export interface HubAlarmOptions {
  readonly store: Pick<Store, "silences" | "maintenance" | "facts">;
  readonly clock: Clock;
  /** Publishes to the trackers, retained. Has no effect without a connection. */
  readonly publish: (payloads: AlarmPayloads) => void;
  /** The silences in force may have changed. */
  readonly onChange?: () => void;
  /**
   * Whether another hub uses the same broker. What it publishes is no forgery, and the two must not
   * correct each other for ever. Default: there is none.
   */
  readonly hasOtherHub?: () => boolean;
}

const log = getLog("alarm");

/** Keeps silences across restarts of the hub. Maintenance keeps the same buzzers quiet. */
export class HubAlarm implements Disposable {
  readonly #clock: Clock;
  readonly #publish: (payloads: AlarmPayloads) => void;
  readonly #onChange: () => void;
  readonly #hasOtherHub: () => boolean;
  readonly #silences: Silences;
  #timer: Disposable | undefined;
  #received:
    | { readonly message: AlarmMessage; readonly atMs: number; readonly timer: Disposable }
    | undefined;
  #acceptableMs = -Infinity;
  /**
   * The instants of the hub's own copies, newest last. A copy comes back once, and the hub
   * recognises it by its instant.
   */
  readonly #copiesMs: number[] = [];
  readonly #budget = newPressBudget();
  #warnedMs = -Infinity;

  constructor(
    { store, clock, publish, onChange = () => {}, hasOtherHub = () => false }: HubAlarmOptions,
  ) {
    this.#hasOtherHub = hasOtherHub;
    this.#clock = clock;
    this.#publish = publish;
    this.#onChange = onChange;
    this.#silences = new Silences(store, clock);
    this.#wait();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#received?.timer[Symbol.dispose]();
  }

  /**
   * Silences the buzzers for a node, or for all, from now on; 0 ends it. The silence is on disk
   * when this returns.
   */
  silence(node: string | undefined, forMs: number): void {
    const sinceMs = this.#clock.nowMs();
    this.#silences.silence(node ?? ALL, { sinceMs, untilMs: sinceMs + forMs });
    log.info("silence", { node: node ?? "all", for_ms: forMs });
    this.publish();
  }

  /**
   * The monitor has this maintenance, whose end is monotonic. The buzzers stay quiet in the same
   * way.
   */
  maintain(node: string | undefined, untilMs: number): void {
    this.#silences.maintain(node ?? ALL, untilMs);
    this.publish();
  }

  /** Somebody takes care of exactly these dead nodes: their buzzers are quiet. */
  acknowledge(nodes: ReadonlySet<string>): void {
    if (this.#silences.acknowledge(nodes)) this.publish();
  }

  /** The wall clock stepped: a silence of an earlier boot may now end at another time. */
  renew(): void {
    this.#silences.renew();
    this.publish();
  }

  inForce(): InForce {
    return this.#silences.inForce();
  }

  /** The silence as a tracker understands it. */
  asTrackersSee(): Silence {
    return this.#silences.asTrackersSee();
  }

  /** Publishes what is in force. Call this after each connection. */
  publish(): void {
    this.#silences.dropEnded();
    const { ofAll } = this.#silences;
    const atMs = Math.round(this.#clock.wallMs(this.#clock.nowMs()));
    this.#copiesMs.push(atMs);
    this.#copiesMs.splice(0, this.#copiesMs.length - COPIES_MAX);
    const state = {
      node: undefined,
      atMs,
      silencedUntilMs: ofAll && this.#clock.wallMs(ofAll.untilMs),
      sinceMs: ofAll && this.#clock.wallMs(ofAll.sinceMs),
      planned: this.#silences.planned(),
    };
    this.#publish({ plan: encodeAlarm(state), copy: encodeAlarm(state, { isCopy: true }) });
    this.#wait();
    this.#onChange();
  }

  /**
   * Handles a message of a node: a person pressed the button of a tracker. Retained messages are
   * older than the hub's own state. On the hub's topic only the hub's own messages count.
   */
  take(message: AlarmMessage): void {
    if (message.source === "hub" || message.retained || this.#isOwnCopy(message)) return;
    const atMs = this.#clock.nowMs();
    const timer = this.#received?.timer ??
      this.#clock.callAt(this.#acceptableMs, () => this.#accept());
    this.#received = { message, atMs, timer };
  }

  /**
   * Accepts each copy once: a node that repeats a copy tries to make older trackers accept an old
   * silence.
   */
  #isOwnCopy({ source, atMs }: AlarmMessage): boolean {
    const index = source === "copy" ? this.#copiesMs.indexOf(atMs ?? NaN) : -1;
    if (index >= 0) this.#copiesMs.splice(index, 1);
    return index >= 0;
  }

  #accept(): void {
    const received = this.#received;
    this.#received = undefined;
    if (received === undefined) return;
    const nowMs = this.#clock.nowMs();
    this.#acceptableMs = nowMs + ACCEPT_EVERY_MS;
    const { message, atMs } = received;
    if (message.source === "copy" || message.planned !== undefined) {
      if (this.#hasOtherHub()) return;
      return this.#contradict("publishes a silence in a form that only the hub may use");
    }
    // The silence begins when the message was received, so it does not cover nodes that died since
    // then.
    const input = { kind: "silence", message, wallMs: this.#clock.wallMs(atMs) } as const;
    const { press } = receivedSilence(NO_SILENCE, input, atMs);
    if (press.untilMs > nowMs && !takePress(this.#budget, nowMs)) {
      return this.#contradict("presses a button too often");
    }
    this.#silences.press(press, message.node);
    const forMs = Math.max(0, Math.round(press.untilMs - nowMs));
    log.info("silence by a button", { node: message.node ?? "unknown", for_ms: forMs });
    this.publish();
  }

  /** Older trackers accepted the message, so they must receive the truth. */
  #contradict(why: string): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#warnedMs >= WARN_EVERY_MS) {
      this.#warnedMs = nowMs;
      log.warning("corrected a silence that a node may not publish", { why });
    }
    this.publish();
  }

  /** Publishes every end too: otherwise a tracker with a wrong wall clock would stay quiet. */
  #wait(): void {
    this.#timer?.[Symbol.dispose]();
    const { nextEndMs, isInForce } = this.#silences;
    const nextMs = isInForce ? Math.min(nextEndMs, this.#clock.nowMs() + REPEAT_MS) : Infinity;
    // A timer may fire a fraction of a millisecond early.
    const isDue = () => nextMs <= this.#clock.nowMs();
    this.#timer = this.#clock.callAt(nextMs, () => isDue() ? this.publish() : this.#wait());
  }
}
