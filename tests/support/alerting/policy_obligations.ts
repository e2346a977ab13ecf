/** Incidents that lasted long enough, and events, that must be reported in the end whatever happens. */

import assert from "node:assert/strict";
import type { AlertItem } from "../../../core/alerting/alert.ts";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";

interface Death {
  readonly atMs: number;
  /** Nothing restarted its hold. */
  isUndisturbed: boolean;
}

/** What the recipients of a route must be notified of. */
interface Obligation {
  readonly what: "death" | "reboot";
  readonly route: string;
  readonly node: string;
  readonly atMs: number;
}

type NodeItem = Extract<AlertItem, { readonly node: string }>;

export class Obligations {
  readonly #rules: Rules;
  readonly #lasting = new Map<string, Death>();
  readonly #flapping = new Set<string>();
  #due: readonly Obligation[] = [];

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** `isMuted`: the node is in maintenance. */
  die(node: string, atMs: number, isMuted: boolean): void {
    this.#lasting.set(node, { atMs, isUndisturbed: !isMuted && !this.#flapping.has(node) });
  }

  recover(node: string): void {
    this.#lasting.delete(node);
  }

  /** Blindness, maintenance or a restart: holds may restart. */
  interrupt(): void {
    for (const death of this.#lasting.values()) death.isUndisturbed = false;
  }

  /** Everything that the node does counts as flapping. */
  flap(node: string): void {
    this.#flapping.add(node);
    this.#forget((one) => one.node === node);
    const death = this.#lasting.get(node);
    if (death !== undefined) death.isUndisturbed = false;
  }

  endFlap(node: string): void {
    this.#flapping.delete(node);
  }

  remove(node: string): void {
    this.#lasting.delete(node);
    this.#flapping.delete(node);
    this.#forget((one) => one.node === node);
  }

  /** The time after a death at which every hold is over, and deaths that belong together are known. */
  dueAfterMs(): number {
    return Math.max(0, ...this.#rules.routes.map(({ holdMs }) => holdMs)) + this.#rules.groupMs;
  }

  /** A death that began then is due now: recipients that do not know of it must be notified. */
  demand(node: string, atMs: number, knows: (route: string) => boolean): void {
    const death = this.#lasting.get(node);
    if (death === undefined || death.atMs !== atMs || !death.isUndisturbed) return;
    for (const { name: route, skipsAcknowledged } of this.#rules.routes) {
      if (skipsAcknowledged || knows(route)) continue;
      this.#due = [...this.#due, { what: "death", route, node, atMs }];
    }
  }

  reboot(route: string, node: string, atMs: number): void {
    if (this.#flapping.has(node)) return;
    this.#due = [...this.#due, { what: "reboot", route, node, atMs }];
  }

  /** Maintenance of a node, or of all: its death needs no message. */
  excuseReboots(node: string | undefined): void {
    this.#forget((one) => one.what === "reboot" && (node === undefined || one.node === node));
  }

  tell(route: string, item: NodeItem): void {
    this.#forget((one) => one.route === route && one.node === item.node && tells(item, one));
  }

  /** A reboot during a death that recipients know of is a part of it. */
  excuseRebootsWithin(knows: (route: string, node: string) => boolean): void {
    this.#forget(({ what, route, node }) => what === "reboot" && knows(route, node));
  }

  end(): void {
    assert.deepEqual(this.#due, [], "never told");
  }

  #forget(isDone: (one: Obligation) => boolean): void {
    this.#due = this.#due.filter((one) => !isDone(one));
  }
}

function tells(item: NodeItem, { what, atMs }: Obligation): boolean {
  switch (item.kind) {
    case "down":
      return what === "death" && item.diedAtMs <= atMs;
    case "still_down":
      return false;
    case "recovered":
      if (what === "reboot") return item.rebooted;
      return item.diedAtMs <= atMs && atMs <= item.recoveredAtMs;
    case "rebooted":
      return what === "reboot" && item.backAtMs === atMs;
    case "flapping":
    case "stable":
      return true;
  }
}
