/** Upgrades of Pis: which ones there are for whom, and how far they are. */

import type { UpgradeView } from "../../core/api/upgrade_view.ts";
import type { NodeState } from "../../core/detection/node_state.ts";
import type { Tick } from "../../core/machine.ts";
import { encodeUpdateRequest } from "../../core/protocol/update_request.ts";
import { compareVersions } from "../../core/text/package_version.ts";
import { isOver, type UpgradeSight } from "../../core/update/upgrade.ts";
import {
  NO_UPGRADES,
  type UpgradeInput,
  type UpgradeOutput,
  upgradeQueue,
  type UpgradeRequest,
} from "../../core/update/upgrade_queue.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { LazyAlarm } from "../../io/time/lazy_alarm.ts";
import { type NodeRelease, nodeReleaseOf } from "./node_release.ts";

/** People put packages there while the hub runs. */
const LOOK_EVERY_MS = 60_000;

export interface UpgradesOptions {
  readonly clock: Clock;
  /** The version that a Pi of each architecture would get now. */
  readonly versions: () => Promise<ReadonlyMap<string, string>>;
  /** Sends a request to a node's agent. */
  readonly send: (node: string, payload: string) => void;
  /** What people see of a node's upgrade has changed. */
  readonly onChange: (node: string) => void;
}

/** Why a node cannot be upgraded now. */
export type UpgradeRefusal =
  /** It takes no upgrades from its hub. */
  | "updates_off"
  | "not_up"
  /** The hub has no newer version for it. */
  | "up_to_date";

export interface Asked {
  /** The nodes that are upgraded now, or one after the other. */
  readonly nodes: readonly string[];
}

const log = getLog("update");

/** What the hub knows of a node that may be upgraded. */
interface KnownNode {
  readonly sight: UpgradeSight;
  readonly release: NodeRelease | undefined;
}

export class Upgrades implements Disposable {
  readonly #options: UpgradesOptions;
  readonly #alarm: LazyAlarm;
  /** The nodes that take upgrades. */
  readonly #nodes = new Map<string, KnownNode>();
  #versions: ReadonlyMap<string, string> = new Map();
  #state = NO_UPGRADES;

  constructor(options: UpgradesOptions) {
    this.#options = options;
    this.#alarm = new LazyAlarm(options.clock, () => this.#take({ kind: "tick" }));
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  /** Follows the folder of packages until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!stop.aborted) {
      await this.#lookAtPackages();
      await sleepUntil(clock, clock.nowMs() + LOOK_EVERY_MS, stop);
    }
  }

  /** Something may have changed about a node, other than its last heartbeat. */
  see(node: NodeState): void {
    const { id, liveness, facts, update: report } = node;
    const release = nodeReleaseOf(facts);
    const isUp = liveness === "alive" || liveness === "suspect";
    const sight = { node: id, isUp, release: release?.version, report };
    if (report === undefined) this.#nodes.delete(id);
    else this.#nodes.set(id, { sight, release });
    const upgrade = this.#state.upgrades.get(id);
    if (upgrade !== undefined && !isOver(upgrade)) this.#take({ kind: "seen", sight });
  }

  /** The node is no longer watched. */
  forget(node: string): void {
    this.#nodes.delete(node);
    if (this.#state.upgrades.has(node)) this.#take({ kind: "gone", node });
  }

  /** Upgrades one node. A node that is being upgraded already goes on. */
  async ask(node: string): Promise<Asked | UpgradeRefusal> {
    await this.#lookAtPackages();
    const request = this.#requestFor(node);
    if (typeof request === "string") return request;
    log.info("upgrade asked for", { node, version: request.version });
    this.#take({ kind: "ask", requests: [request] });
    return { nodes: [node] };
  }

  /** Upgrades all nodes for which there is a newer version, one after the other. */
  async askAll(): Promise<Asked> {
    await this.#lookAtPackages();
    const requests = [...this.#nodes.keys()].toSorted().map((node) => this.#requestFor(node))
      .filter((request) => typeof request === "object");
    const nodes = requests.map(({ node }) => node);
    if (nodes.length > 0) log.info("upgrade of all asked for", { nodes: nodes.length });
    this.#take({ kind: "ask", requests });
    return { nodes };
  }

  /** `null`: the node takes no upgrades from its hub. */
  view(node: string): UpgradeView | null {
    const known = this.#nodes.get(node);
    const upgrade = this.#state.upgrades.get(node);
    if (known === undefined && (upgrade === undefined || isOver(upgrade))) return null;
    const available = this.#newerFor(known) ?? null;
    if (upgrade !== undefined) {
      const { step, version, failure = null } = upgrade;
      return { available, step, version, failure };
    }
    // A request of an earlier run of the hub, or an upgrade that goes on after a power cut.
    const isRunning = known?.sight.report?.state === "running";
    const version = known?.sight.report?.version ?? null;
    return isRunning
      ? { available, step: "running", version, failure: null }
      : { available, step: null, version: null, failure: null };
  }

  #requestFor(node: string): UpgradeRequest | UpgradeRefusal {
    const known = this.#nodes.get(node);
    if (known === undefined) return "updates_off";
    if (!known.sight.isUp) return "not_up";
    const version = this.#newerFor(known);
    return version === undefined ? "up_to_date" : { ...known.sight, version };
  }

  /** The version that the hub has for the node, if it is newer than the node's own. */
  #newerFor(known: KnownNode | undefined): string | undefined {
    if (known?.release === undefined) return undefined;
    const { version, architecture } = known.release;
    const offered = this.#versions.get(architecture);
    return offered !== undefined && compareVersions(offered, version) > 0 ? offered : undefined;
  }

  async #lookAtPackages(): Promise<void> {
    const versions = await this.#options.versions();
    const before = this.#versions;
    const isSame = versions.size === before.size &&
      [...versions].every(([architecture, version]) => before.get(architecture) === version);
    if (isSame) return;
    this.#versions = versions;
    for (const node of this.#nodes.keys()) this.#options.onChange(node);
  }

  #take(input: UpgradeInput | Tick): void {
    const nowMs = this.#options.clock.nowMs();
    const [state, outputs] = upgradeQueue.step(this.#state, input, nowMs);
    this.#state = state;
    for (const output of outputs) this.#do(output);
    this.#alarm.setAtLatest(upgradeQueue.deadlineMs(state));
  }

  #do(output: UpgradeOutput): void {
    const { send, onChange } = this.#options;
    switch (output.kind) {
      case "send":
        log.info("asks a Pi to upgrade", { node: output.node, version: output.version });
        return send(output.node, encodeUpdateRequest({ version: output.version }));
      case "changed":
        return onChange(output.node);
      case "ended": {
        const { node, version, failure } = output;
        if (failure === undefined) log.info("upgraded", { node, version });
        else log.warning("not upgraded", { node, version, reason: failure });
      }
    }
  }
}
