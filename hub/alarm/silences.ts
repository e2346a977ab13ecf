/** The silences and maintenance in force, on the hub's monotonic clock. */

import { NO_PRESS, type Silence } from "../../core/alarm/silence.ts";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import {
  type NodeSilence,
  type PlannedSilence,
  QUIET_NODES_MAX,
} from "../../core/protocol/wire.ts";
import { type Clock, monotonicMs } from "../../io/time/clock.ts";
import { spanEndMs } from "../store/span_end.ts";
import type { Store } from "../store/store.ts";

/** The store's name for all nodes. */
export const ALL = "";

/** Start and end, monotonic. */
export interface Span {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The fact that holds the node whose button silenced all nodes. It outlives the hub. */
const PRESSED_AT_FACT = "silenced_at";

type SilencesStore = Pick<Store, "silences" | "maintenance" | "facts">;

/** The silences and maintenance in force. */
export type InForce = Pick<AlarmView, "silences" | "maintenance">;

/** Writes silences to the store. The recorder of the monitor's steps writes maintenance. */
export class Silences {
  readonly #store: SilencesStore;
  readonly #clock: Clock;
  readonly #silences = new Map<string, Span>();
  readonly #maintenanceUntilMs = new Map<string, number>();
  /** The dead nodes that somebody takes care of. The policy stores them. */
  #acknowledged: ReadonlySet<string> = new Set();
  /** Kept until a silence changes, because it is asked for with each change of a node. */
  #asTrackersSee: Silence | undefined;

  /** Loads the silences of earlier runs. A wall clock that is slow does not extend a silence. */
  constructor(store: SilencesStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.renew();
    this.dropEnded();
  }

  /**
   * Loads the silences again, because their stored times mean other instants after a clock step.
   */
  renew(): void {
    this.#asTrackersSee = undefined;
    const clock = this.#clock;
    const nowMs = clock.nowMs();
    for (const [node, { sinceMs, untilMs }] of this.#store.silences.all()) {
      this.#silences.set(node, {
        sinceMs: Math.min(nowMs, monotonicMs(clock, sinceMs)),
        untilMs: spanEndMs({ sinceMs, untilMs }, clock, nowMs),
      });
    }
    for (const [node, span] of this.#store.maintenance.all()) {
      this.#maintenanceUntilMs.set(node, spanEndMs(span, clock, nowMs));
    }
  }

  /** Silences all nodes because somebody pressed the button of `node`, which may be unknown. */
  press(span: Span, node: string | undefined): void {
    this.silence(ALL, span);
    if (node !== undefined) this.#store.facts.set(PRESSED_AT_FACT, node);
  }

  /**
   * Silences one node or `ALL`, and replaces an earlier silence. It is on disk when this returns.
   */
  silence(node: string, { sinceMs, untilMs }: Span): void {
    this.#asTrackersSee = undefined;
    this.#silences.set(node, { sinceMs, untilMs });
    if (node === ALL) this.#store.facts.remove(PRESSED_AT_FACT);
    if (untilMs <= this.#clock.nowMs()) return this.dropEnded();
    const span = { sinceMs: this.#clock.wallMs(sinceMs), untilMs: this.#clock.wallMs(untilMs) };
    this.#store.silences.set(node, span);
  }

  maintain(node: string, untilMs: number): void {
    this.#asTrackersSee = undefined;
    this.#maintenanceUntilMs.set(node, untilMs);
    this.dropEnded();
  }

  /** Returns false if nothing changed. */
  acknowledge(nodes: ReadonlySet<string>): boolean {
    const isNew = nodes.symmetricDifference(this.#acknowledged).size > 0;
    this.#acknowledged = nodes;
    if (isNew) this.#asTrackersSee = undefined;
    return isNew;
  }

  /** Whether any buzzer is kept quiet, so that trackers need reminders. */
  get isInForce(): boolean {
    return this.nextEndMs < Infinity || this.#acknowledged.size > 0;
  }

  dropEnded(): void {
    const nowMs = this.#clock.nowMs();
    for (const [node, { untilMs }] of this.#silences) {
      if (untilMs > nowMs) continue;
      this.#silences.delete(node);
      this.#asTrackersSee = undefined;
      this.#store.silences.remove(node);
    }
    for (const [node, untilMs] of this.#maintenanceUntilMs) {
      if (untilMs > nowMs) continue;
      this.#maintenanceUntilMs.delete(node);
      this.#asTrackersSee = undefined;
      this.#store.maintenance.remove(node);
    }
  }

  /** The silence of all nodes. */
  get ofAll(): Span | undefined {
    return this.#silences.get(ALL);
  }

  /** When the next silence ends; `Infinity` if there is none. Monotonic. */
  get nextEndMs(): number {
    const ends = [...this.#silences.values()].map(({ untilMs }) => untilMs);
    return Math.min(...ends, ...this.#maintenanceUntilMs.values());
  }

  /** The silence as a tracker that accepts all of it understands it. */
  asTrackersSee(): Silence {
    return this.#asTrackersSee ??= this.#silenceForTrackers();
  }

  #silenceForTrackers(): Silence {
    const { sinceMs = -Infinity, untilMs = -Infinity } = this.ofAll ?? {};
    const nodesUntilMs = new Map(this.#maintenanceUntilMs);
    for (const [node, silence] of this.#silences) {
      nodesUntilMs.set(node, Math.max(silence.untilMs, nodesUntilMs.get(node) ?? -Infinity));
    }
    const maintenanceUntilMs = this.#maintenanceUntilMs.get(ALL) ?? -Infinity;
    nodesUntilMs.delete(ALL);
    const acknowledgedUntilMs = new Map([...this.#acknowledged].map((node) => [node, Infinity]));
    return {
      sinceMs,
      untilMs,
      press: NO_PRESS,
      maintenanceUntilMs,
      nodesUntilMs,
      acknowledgedUntilMs,
    };
  }

  /**
   * The nodes for which no tracker may sound, in wall-clock time. If there are too many, those with
   * the latest ends.
   */
  planned(): PlannedSilence {
    const nodes = new Map<string, NodeSilence & { readonly untilMs: number }>();
    for (const [node, { sinceMs, untilMs }] of this.#silences) {
      if (node !== ALL) {
        nodes.set(node, { sinceMs: this.#wall(sinceMs), untilMs: this.#wall(untilMs) });
      }
    }
    for (const [node, untilMs] of this.#maintenanceUntilMs) {
      const silence = nodes.get(node);
      if (node === ALL || (silence && silence.untilMs >= this.#wall(untilMs))) continue;
      nodes.set(node, { sinceMs: silence?.sinceMs, untilMs: this.#wall(untilMs) });
    }
    const longest = [...nodes].sort(([, a], [, b]) => b.untilMs - a.untilMs);
    const maintenanceUntilMs = this.#maintenanceUntilMs.get(ALL);
    return {
      maintenanceUntilMs: maintenanceUntilMs === undefined
        ? undefined
        : this.#wall(maintenanceUntilMs),
      nodes: new Map(longest.slice(0, QUIET_NODES_MAX)),
      acknowledged: this.#acknowledged,
    };
  }

  /** The entry for all nodes comes first. */
  inForce(): InForce {
    this.dropEnded();
    const instant = (ms: number) => formatRfc3339(this.#wall(ms));
    const nodeOf = (node: string) => node === ALL ? null : node;
    const byNode = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
      a < b ? -1 : 1;
    const pressedAt = this.#store.facts.get(PRESSED_AT_FACT);
    return {
      silences: [...this.#silences].sort(byNode).map(([node, { sinceMs, untilMs }]) => ({
        node: nodeOf(node),
        since: instant(sinceMs),
        until: instant(untilMs),
        ...(node === ALL && pressedAt !== undefined && { pressed_at: pressedAt }),
      })),
      maintenance: [...this.#maintenanceUntilMs].sort(byNode).map(([node, untilMs]) => ({
        node: nodeOf(node),
        until: instant(untilMs),
      })),
    };
  }

  #wall(ms: number): number {
    return this.#clock.wallMs(ms);
  }
}
