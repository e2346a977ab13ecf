/** A hub reduced to policy and store: its actions are played, and its database is real. */

import assert from "node:assert/strict";
import type { Alert } from "../../../core/alerting/alert.ts";
import type { PolicyInput } from "../../../core/alerting/policy/input.ts";
import { policyMachine } from "../../../core/alerting/policy/policy.ts";
import {
  newPolicy,
  type PolicyState,
  type Rules,
} from "../../../core/alerting/policy/policy_state.ts";
import type { Route } from "../../../core/alerting/incident/route.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { RestoredState } from "../../../hub/history/restore.ts";
import { Store } from "../../../hub/store/store.ts";
import type { ClockReading } from "../../../hub/store/wall_clock_rows.ts";
import { news, sight } from "../alerting/policy_score.ts";
import { HandClock } from "../time/hand_clock.ts";

const DAY_MS = 24 * 3_600_000;
/** A smaller correction of the wall clock is no step. */
const STEP_MS = 5000;

export class HubMemory implements Disposable {
  readonly clock = new HandClock();
  readonly truth = new Map<string, "dead" | "alive">();
  readonly store = new Store(":memory:");
  #rules: Rules;
  #recorder: Recorder;
  #state: PolicyState;
  #boots = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#recorder = this.#recorderFor(rules.routes);
    this.#beginBoot();
    this.#state = this.#begin();
  }

  [Symbol.dispose](): void {
    this.store[Symbol.dispose]();
  }

  /** Kills and restarts it, perhaps with other routes: only the database survives. */
  restart(routes: readonly Route[] = this.#rules.routes): void {
    this.clock.boot();
    this.#beginBoot();
    this.#rules = { ...this.#rules, routes };
    this.#recorder = this.#recorderFor(routes);
    this.#state = this.#begin();
    const nowMs = this.clock.nowMs();
    this.act(sight(false, nowMs));
    for (const [node, is] of this.truth) this.act(news(node, is, nowMs));
  }

  change(node: string): void {
    const is = this.truth.get(node) === "dead" ? "alive" : "dead";
    this.truth.set(node, is);
    this.act(news(node, is, this.clock.nowMs()));
  }

  /** Nobody watches the node any more. */
  remove(node: string): void {
    this.truth.delete(node);
    const removed = { kind: "removed", node, atMs: this.clock.nowMs() } as const;
    this.#recorder.record([{ outputs: [removed] }], newCluster([]));
    this.act(removed);
  }

  /** The wall clock is set, and what this boot wrote is dated anew. */
  step(ms: number): void {
    this.clock.leap(ms);
    this.store.transaction(() => this.store.wallClock.step(ms, this.#reading()));
  }

  act(input: PolicyInput | { readonly kind: "tick" }): void {
    const [, outputs] = policyMachine(this.#rules).step(this.#state, input, this.clock.nowMs());
    this.#recorder.record([{ outputs }], newCluster([]));
  }

  /** Plays every deadline on the way. */
  pass(ms: number): void {
    const untilMs = this.clock.nowMs() + ms;
    const machine = policyMachine(this.#rules);
    for (let count = 0; machine.deadlineMs(this.#state) <= untilMs; count++) {
      assert.ok(count < 100_000, "the machine spins");
      this.clock.moveTo(machine.deadlineMs(this.#state));
      this.act({ kind: "tick" });
    }
    this.clock.moveTo(untilMs);
  }

  /** Oldest first. */
  alerts(route: string): readonly Alert[] {
    return this.store.outbox.newest(10_000).toReversed().flatMap((row) =>
      row.route === route && row.alert !== undefined ? [row.alert] : []
    );
  }

  owed(): readonly string[] {
    return this.store.incidents.owed().map(({ subject }) => subject);
  }

  #beginBoot(): void {
    this.#boots++;
    this.store.transaction(() => this.store.wallClock.begin(this.#reading(), STEP_MS));
  }

  #reading(): ClockReading {
    const upMs = this.clock.nowMs();
    return { bootId: `boot ${this.#boots}`, upMs, wallMs: this.clock.wallMs(upMs) };
  }

  #recorderFor(routes: readonly Route[]): Recorder {
    const memberships = routes.map((route) => ({
      route,
      recipients: route.channels.map(({ name }) => [name]),
    }));
    return new Recorder(this.store, recipientsOf(memberships), this.clock);
  }

  #begin(): PolicyState {
    const { clock, store } = this;
    this.#rules = { ...this.#rules, timeOfDayMs: (nowMs) => clock.wallMs(nowMs) % DAY_MS };
    const inheritance = new RestoredState(store, clock, this.#rules.routes).policy(
      new Set(this.truth.keys()),
    );
    return newPolicy(this.#rules, inheritance, { nowMs: clock.nowMs(), firstGraceMs: 10_000 });
  }
}
