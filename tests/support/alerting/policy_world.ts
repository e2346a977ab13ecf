/** A cluster, its hub's policy and disk, played step by step. The hub can be killed and restarted. */

import assert from "node:assert/strict";
import type { PolicyInput } from "../../../core/alerting/policy/input.ts";
import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import { policyMachine } from "../../../core/alerting/policy/policy.ts";
import {
  newPolicy,
  type PolicyState,
  type Rules,
} from "../../../core/alerting/policy/policy_state.ts";
import type { Tick } from "../../../core/machine.ts";
import type { Disk } from "./disk.ts";
import { PolicyDisk } from "./policy_disk.ts";
import { news, sight } from "./policy_score.ts";

/** The minimum time that a node has to be heard in this run. */
const FIRST_GRACE_MS = 10_000;
/** The time after which a node that died while the hub was blind counts as dead. */
const DEAD_AFTER_MS = 5000;
/** Living nodes are heard by then. */
const HEARTBEAT_MS = 1000;
/** A death is dated back by at most this, because the tick that finds it is late. */
const LATE_MS = 50;
/** More ticks at one instant than this mean that the machine asks for a past instant again and again. */
const TICKS_AT_ONCE_MAX = 3;

export type Truth = "dead" | "alive" | "left";

/** Observes a world. */
export interface Onlooker {
  /** Called before the hub gets an input. */
  hear(input: PolicyInput, nowMs: number): void;
  take(output: PolicyOutput, nowMs: number): void;
  restarted(nowMs: number): void;
}

export class PolicyWorld {
  readonly #rules: Rules;
  readonly #onlooker: Onlooker;
  readonly #disk: Disk;
  readonly #truth = new Map<string, Truth>();
  /** The nodes that this run of the hub has heard. */
  readonly #heard = new Map<string, Truth>();
  #agenda: { readonly atMs: number; readonly call: () => void }[] = [];
  #state: PolicyState;
  #blind = true;
  #nowMs = 0;

  constructor(rules: Rules, onlooker: Onlooker, disk: Disk = new PolicyDisk(rules)) {
    this.#rules = rules;
    this.#onlooker = onlooker;
    this.#disk = disk;
    this.#state = this.#start();
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get state(): PolicyState {
    return this.#state;
  }

  get truth(): ReadonlyMap<string, Truth> {
    return this.#truth;
  }

  get isBlind(): boolean {
    return this.#blind;
  }

  /** Changes a node. A blind hub learns of it when it sees again. */
  change(node: string, to: Truth): void {
    this.#truth.set(node, to);
    if (!this.#blind) this.#hear(node);
  }

  /** The node comes back with another boot id, whether it counted as dead or not. */
  reboot(node: string): void {
    if (this.#blind) return;
    const lastHeardMs = this.#nowMs - 20_000;
    this.feed({ kind: "rebooted", node, name: node, atMs: this.#nowMs, lastHeardMs });
    this.change(node, "alive");
  }

  see(blind: boolean): void {
    this.#blind = blind;
    this.feed(sight(blind, this.#nowMs));
    if (!blind) this.#reconcile(DEAD_AFTER_MS);
  }

  remove(node: string): void {
    this.#truth.delete(node);
    this.#heard.delete(node);
    this.feed({ kind: "removed", node, atMs: this.#nowMs });
  }

  /** Kills the hub. Nodes may change before the next one sees. */
  restart({ downMs, seesAfterMs, changed }: {
    readonly downMs: number;
    readonly seesAfterMs: number;
    readonly changed: readonly (readonly [string, Truth])[];
  }): void {
    this.#nowMs += downMs;
    this.#agenda = [];
    for (const [node, to] of changed) this.#truth.set(node, to);
    this.#heard.clear();
    this.#blind = true;
    this.#onlooker.restarted(this.#nowMs);
    this.#state = this.#start();
    this.later(seesAfterMs, () => {
      this.#blind = false;
      this.feed(sight(false, this.#nowMs));
      this.#reconcile(FIRST_GRACE_MS);
    });
  }

  /** Gives the hub an input now, and plays what is due at once. */
  feed(input: PolicyInput): void {
    this.#onlooker.hear(input, this.#nowMs);
    this.#step(input);
    for (let ticks = 0; this.#machine.deadlineMs(this.#state) <= this.#nowMs; ticks++) {
      assert.ok(ticks < TICKS_AT_ONCE_MAX, `the machine spins at ${this.#nowMs} ms`);
      this.#step({ kind: "tick" });
    }
  }

  /** Calls back later, unless the hub is killed before. */
  later(ms: number, call: () => void): void {
    this.#agenda.push({ atMs: this.#nowMs + ms, call });
  }

  /** Plays every deadline up to an instant. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let ticks = 0;;) {
      const plan = this.#agenda.toSorted((a, b) => a.atMs - b.atMs)[0];
      const deadlineMs = Math.max(this.#nowMs, this.#machine.deadlineMs(this.#state));
      const nextMs = Math.min(plan?.atMs ?? Infinity, deadlineMs);
      if (nextMs > untilMs) break;
      ticks = nextMs === this.#nowMs ? ticks + 1 : 0;
      this.#nowMs = nextMs;
      if (plan !== undefined && plan.atMs <= deadlineMs) {
        this.#agenda = this.#agenda.filter((other) => other !== plan);
        plan.call();
        ticks = 0;
      } else this.#step({ kind: "tick" });
      assert.ok(ticks < TICKS_AT_ONCE_MAX, `the machine spins at ${nextMs} ms`);
    }
    this.#nowMs = untilMs;
  }

  /** The hub learns what differs from its knowledge: of living nodes soon, of dead ones after the timeout. */
  #reconcile(graceMs: number): void {
    for (const [node, is] of this.#truth) {
      this.later(is === "dead" ? graceMs : HEARTBEAT_MS, () => {
        if (!this.#blind && this.#truth.get(node) === is) this.#hear(node);
      });
    }
  }

  #hear(node: string): void {
    const to = this.#truth.get(node);
    if (to === undefined || this.#heard.get(node) === to) return;
    this.#heard.set(node, to);
    this.feed(news(node, to, to === "dead" ? this.#nowMs - LATE_MS : this.#nowMs));
  }

  #step(input: PolicyInput | Tick): void {
    const [state, outputs] = this.#machine.step(this.#state, input, this.#nowMs);
    this.#state = state;
    this.#disk.record(outputs, this.#nowMs);
    for (const output of outputs) this.#onlooker.take(output, this.#nowMs);
  }

  get #machine(): ReturnType<typeof policyMachine> {
    return policyMachine(this.#rules);
  }

  #start(): PolicyState {
    const known = new Set(this.#truth.keys());
    return newPolicy(this.#rules, this.#disk.inheritance(this.#nowMs, known), {
      nowMs: this.#nowMs,
      firstGraceMs: FIRST_GRACE_MS,
    });
  }
}
