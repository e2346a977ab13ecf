/**
 * The machine that upgrades nodes from the hub: one after the other, and no further one after a
 * failure, so that a bad version does not take all of them down.
 */

import type { Machine, Tick } from "../machine.ts";
import {
  isOver,
  isUnderWay,
  type Upgrade,
  type UpgradeFailure,
  type UpgradeSight,
} from "./upgrade.ts";
import { begun, failed, overdue, seen } from "./upgrade_step.ts";

export interface UpgradeRequest extends UpgradeSight {
  /** The version to install. */
  readonly version: string;
}

export type UpgradeInput =
  | { readonly kind: "ask"; readonly requests: readonly UpgradeRequest[] }
  /** Something may have changed about a node. */
  | { readonly kind: "seen"; readonly sight: UpgradeSight }
  /** The hub no longer watches the node. */
  | { readonly kind: "gone"; readonly node: string };

export type UpgradeOutput =
  /** Ask this node's agent. */
  | { readonly kind: "send"; readonly node: string; readonly version: string }
  /** What people see of the node's upgrade has changed. */
  | { readonly kind: "changed"; readonly node: string }
  | {
    readonly kind: "ended";
    readonly node: string;
    readonly version: string;
    readonly failure: UpgradeFailure | undefined;
  };

/** By node, in the order in which they were asked for. The last outcome of a node stays. */
export interface UpgradeState {
  readonly upgrades: ReadonlyMap<string, Upgrade>;
  readonly sights: ReadonlyMap<string, UpgradeSight>;
}

export const NO_UPGRADES: UpgradeState = { upgrades: new Map(), sights: new Map() };

/** The upgrades of a hub. */
export const upgradeQueue: Machine<UpgradeState, UpgradeInput, UpgradeOutput> = {
  step(state, input, nowMs) {
    const work = new UpgradeWork(state, nowMs);
    work.take(input);
    return [work.state, work.outputs];
  },
  deadlineMs({ upgrades }) {
    const underWay = [...upgrades.values()].find(isUnderWay);
    return underWay?.deadlineMs ?? Infinity;
  },
};

/** One step. It copies the maps, because there are as many entries as nodes at most. */
class UpgradeWork {
  readonly outputs: UpgradeOutput[] = [];
  readonly #upgrades: Map<string, Upgrade>;
  readonly #sights: Map<string, UpgradeSight>;
  readonly #nowMs: number;

  constructor({ upgrades, sights }: UpgradeState, nowMs: number) {
    this.#upgrades = new Map(upgrades);
    this.#sights = new Map(sights);
    this.#nowMs = nowMs;
  }

  get state(): UpgradeState {
    return { upgrades: this.#upgrades, sights: this.#sights };
  }

  take(input: UpgradeInput | Tick): void {
    switch (input.kind) {
      case "ask":
        for (const request of input.requests) this.#ask(request);
        break;
      case "seen":
        this.#see(input.sight);
        break;
      case "gone":
        this.#forget(input.node);
        break;
      case "tick":
        this.#passDeadline();
        break;
    }
    this.#beginNext();
  }

  #ask({ version, ...sight }: UpgradeRequest): void {
    const { node } = sight;
    const known = this.#upgrades.get(node);
    if (known !== undefined && !isOver(known)) return;
    // A node that was upgraded before comes last again.
    this.#upgrades.delete(node);
    this.#sights.set(node, sight);
    this.#put({
      node,
      version,
      step: "waiting",
      failure: undefined,
      runBefore: undefined,
      deadlineMs: Infinity,
    });
  }

  #see(sight: UpgradeSight): void {
    const upgrade = this.#upgrades.get(sight.node);
    if (upgrade === undefined || isOver(upgrade)) return;
    this.#sights.set(sight.node, sight);
    if (isUnderWay(upgrade)) this.#change(upgrade, seen(upgrade, sight, this.#nowMs));
  }

  #forget(node: string): void {
    this.#upgrades.delete(node);
    this.#sights.delete(node);
  }

  #passDeadline(): void {
    const upgrade = this.#underWay();
    if (upgrade === undefined || upgrade.deadlineMs > this.#nowMs) return;
    this.#change(upgrade, overdue(upgrade, this.#sightOf(upgrade)));
  }

  #beginNext(): void {
    while (this.#underWay() === undefined) {
      const next = [...this.#upgrades.values()].find(({ step }) => step === "waiting");
      if (next === undefined) return;
      const { upgrade, isSent } = begun(next, this.#sightOf(next), this.#nowMs);
      this.#change(next, upgrade);
      const { node, version } = upgrade;
      if (isSent) this.outputs.push({ kind: "send", node, version });
    }
  }

  #underWay(): Upgrade | undefined {
    return [...this.#upgrades.values()].find(isUnderWay);
  }

  #sightOf({ node }: Upgrade): UpgradeSight {
    return this.#sights.get(node) ??
      { node, isUp: false, release: undefined, report: undefined };
  }

  #change(before: Upgrade, after: Upgrade): void {
    if (after === before) return;
    this.#put(after);
    if (!isOver(after)) return;
    const { node, version, failure } = after;
    this.#sights.delete(node);
    this.outputs.push({ kind: "ended", node, version, failure });
    // A node that is away says nothing about the version.
    if (failure !== undefined && before.step !== "waiting") this.#stopWaiting();
  }

  #stopWaiting(): void {
    for (const upgrade of this.#upgrades.values()) {
      if (upgrade.step !== "waiting") continue;
      this.#sights.delete(upgrade.node);
      this.#put(failed(upgrade, "stopped"));
    }
  }

  #put(upgrade: Upgrade): void {
    this.#upgrades.set(upgrade.node, upgrade);
    this.outputs.push({ kind: "changed", node: upgrade.node });
  }
}
