/** Compares the true state with the notifications, and throws at each contradiction. */

import assert from "node:assert/strict";
import type { Alert, AlertItem } from "../../../core/alerting/alert.ts";
import type { PolicyInput } from "../../../core/alerting/policy/input.ts";
import type { PolicyOutput } from "../../../core/alerting/policy/output.ts";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";
import type { Route } from "../../../core/alerting/incident/route.ts";
import { quietForMs } from "../../../core/config/value/quiet_hours.ts";
import { Obligations } from "./policy_obligations.ts";
import type { Onlooker, Truth } from "./policy_world.ts";

const HOUR_MS = 3_600_000;

/** The state of each node by the notifications of one route. */
interface Known {
  readonly down: Set<string>;
  readonly flapping: Set<string>;
  readonly providers: Set<string>;
  blind: boolean;
}

/** What the hub has heard last of a node. */
interface Heard {
  readonly is: Truth;
  readonly sinceMs: number;
  /** In this run. */
  readonly isConfirmed: boolean;
  readonly isAcknowledged: boolean;
}

export class PolicyOracle implements Onlooker {
  readonly obligations: Obligations;
  readonly #rules: Rules;
  readonly #heard = new Map<string, Heard>();
  readonly #known: ReadonlyMap<string, Known>;
  readonly #maintainedMs = new Map<string, number>();
  readonly #providersDown = new Set<string>();
  readonly #spent = new Map<string, { readonly atMs: number; readonly cost: number }[]>();
  /** How often reboots were heard and may still be reported, by route, node and instant. */
  readonly #reboots = new Map<string, number>();
  #blind = true;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.obligations = new Obligations(rules);
    this.#known = new Map(rules.routes.map(({ name }) => [name, {
      down: new Set(),
      flapping: new Set(),
      providers: new Set(),
      blind: false,
    }]));
  }

  restarted(): void {
    this.#blind = true;
    this.obligations.interrupt();
    for (const [node, heard] of this.#heard) {
      this.#heard.set(node, { ...heard, isConfirmed: false });
    }
  }

  hear(input: PolicyInput, nowMs: number): void {
    switch (input.kind) {
      case "news":
        return this.#hearNews(input.transition.node, input.transition.to as Truth, nowMs);
      case "rebooted":
        return this.#hearReboot(input.node, nowMs);
      case "sight":
        this.obligations.interrupt();
        this.#blind = input.blind;
        return;
      case "uplink":
        if (input.up) this.#providersDown.delete(input.channel);
        else this.#providersDown.add(input.channel);
        return;
      case "acknowledge":
        for (const [node, heard] of this.#heard) {
          if (input.node !== undefined && input.node !== node) continue;
          this.#heard.set(node, { ...heard, isAcknowledged: heard.is === "dead" });
        }
        return;
      case "maintain":
        this.obligations.interrupt();
        this.obligations.excuseReboots(input.node);
        this.#maintainedMs.set(input.node ?? "", input.untilMs);
        return;
      case "removed": {
        this.#heard.delete(input.node);
        this.obligations.remove(input.node);
        for (const known of this.#known.values()) {
          known.down.delete(input.node);
          known.flapping.delete(input.node);
        }
        return;
      }
    }
  }

  take(output: PolicyOutput, nowMs: number): void {
    if (output.kind === "opened" && output.subject.kind === "flapping") {
      this.obligations.flap(output.subject.node);
    }
    if (output.kind === "closed" && output.subject.kind === "flapping") {
      this.obligations.endFlap(output.subject.node);
    }
    if (output.kind === "alert") this.#takeAlert(output, nowMs);
  }

  /** In the end everything true is reported, and recipients know nothing else. */
  end(): void {
    const dead = [...this.#heard].filter(([, { is }]) => is === "dead").map(([node]) => node);
    for (const { name, skipsAcknowledged } of this.#rules.routes) {
      const { down, flapping, providers, blind } = this.#of(name);
      const known = [...down].sort();
      if (!skipsAcknowledged) assert.deepEqual(known, dead.toSorted(), `${name} in the end`);
      const uncared = dead.filter((node) => this.#heard.get(node)?.isAcknowledged === false);
      for (const node of uncared) assert.ok(down.has(node), `${name} does not know of ${node}`);
      for (const node of known) assert.ok(dead.includes(node), `${name} believes ${node} down`);
      assert.deepEqual([[...flapping], [...providers], blind], [[], [], false], name);
    }
    this.obligations.end();
  }

  /** Whether the recipients know, or were notified of enough to know, that a node is not well. */
  knows(route: string, node: string): boolean {
    const { down, flapping } = this.#of(route);
    return down.has(node) || flapping.has(node);
  }

  #hearNews(node: string, is: Truth, nowMs: number): void {
    const known = this.#heard.get(node);
    const isNew = known?.is !== is;
    if (is === "dead" && isNew) {
      this.obligations.die(node, nowMs, this.#mutedMs(node) > nowMs);
      this.obligations.excuseRebootsWithin((route, other) =>
        other === node && this.knows(route, node)
      );
    }
    if (is !== "dead") this.obligations.recover(node);
    this.#heard.set(node, {
      is,
      sinceMs: isNew || known === undefined ? nowMs : known.sinceMs,
      isConfirmed: true,
      isAcknowledged: is === "dead" && !isNew && known?.isAcknowledged === true,
    });
  }

  #hearReboot(node: string, nowMs: number): void {
    const isMuted = this.#mutedMs(node) > nowMs;
    for (const route of this.#rules.routes) {
      const key = rebootKey(route, node, nowMs);
      this.#reboots.set(key, (this.#reboots.get(key) ?? 0) + 1);
      if (!isMuted && !route.skipsAcknowledged) this.obligations.reboot(route.name, node, nowMs);
    }
  }

  #mutedMs(node: string | undefined): number {
    const [all, one] = [this.#maintainedMs.get(""), this.#maintainedMs.get(node ?? "")];
    return Math.max(all ?? -Infinity, one ?? -Infinity);
  }

  #takeAlert(alert: Alert, nowMs: number): void {
    const { items, atMs } = alert;
    const route = this.#rules.routes.find(({ name }) => name === alert.route);
    const channel = route?.channels.find(({ name }) => name === alert.channel);
    assert.ok(route !== undefined && channel !== undefined, "an unknown route or channel");
    assert.equal(atMs, nowMs);
    assert.ok(items.length > 0, "an empty alert");
    const { quiet, perHourMax, recipients } = channel;
    const timeMs = this.#rules.timeOfDayMs(nowMs);
    assert.ok(quiet === undefined || quietForMs(quiet, timeMs) === 0, "told in quiet hours");
    this.#spend(alert.channel, { perHourMax, cost: Math.min(recipients, perHourMax), atMs });
    for (const item of items) {
      this.#mayBeTold(item, nowMs);
      if (item.kind === "uplink_down") assert.notEqual(item.channel, alert.channel);
      this.#believe(item, route, nowMs);
      if ("node" in item) this.obligations.tell(route.name, item);
    }
  }

  #spend(
    channel: string,
    { perHourMax, cost, atMs }: {
      readonly perHourMax: number;
      readonly cost: number;
      readonly atMs: number;
    },
  ): void {
    const spent = this.#spent.get(channel) ?? [];
    const recent = [...spent.filter((one) => one.atMs > atMs - HOUR_MS), { atMs, cost }];
    this.#spent.set(channel, recent);
    const sum = recent.reduce((total, one) => total + one.cost, 0);
    assert.ok(sum <= perHourMax, `${sum} messages of ${channel} in an hour, ${perHourMax} allowed`);
  }

  #mayBeTold(item: AlertItem, nowMs: number): void {
    const isOfHub = !("node" in item);
    assert.ok(isOfHub || !this.#blind, `a blind hub told: ${item.kind}`);
    const mutedMs = this.#mutedMs(isOfHub ? undefined : item.node);
    assert.ok(mutedMs <= nowMs, `told during maintenance: ${item.kind}`);
  }

  #believe(item: AlertItem, route: Route, nowMs: number): void {
    const known = this.#of(route.name);
    const what = `${route.name} at ${nowMs}: ${JSON.stringify(item)}`;
    switch (item.kind) {
      case "down": {
        const heard = this.#heard.get(item.node);
        assert.ok(!this.knows(route.name, item.node), `told twice: ${what}`);
        assert.ok(heard?.is === "dead" && heard.isConfirmed, `not true: ${what}`);
        assert.ok(nowMs - item.diedAtMs >= route.holdMs, `not held: ${what}`);
        assert.ok(!(route.skipsAcknowledged && heard.isAcknowledged), `cared for: ${what}`);
        known.down.add(item.node);
        return;
      }
      case "still_down":
        assert.ok(known.down.has(item.node), `unknown: ${what}`);
        assert.equal(this.#heard.get(item.node)?.is, "dead", what);
        assert.equal(this.#heard.get(item.node)?.isAcknowledged, false, what);
        return;
      case "recovered": {
        const heard = this.#heard.get(item.node);
        assert.equal(known.down.delete(item.node), item.wasTold, what);
        assert.ok(nowMs >= item.recoveredAtMs && item.recoveredAtMs >= item.diedAtMs, what);
        const isOld = !item.wasTold && (heard?.sinceMs ?? -1) >= item.recoveredAtMs;
        // The hub forgets what an earlier run heard between a recovery and its message.
        const isForgotten = heard?.isConfirmed === false && heard.is !== "dead";
        assert.ok(heard?.is === item.now || isOld || isForgotten, `not true: ${what}`);
        return;
      }
      case "rebooted": {
        const key = rebootKey(route, item.node, item.backAtMs);
        const count = this.#reboots.get(key) ?? 0;
        assert.ok(count > 0, `told twice: ${what}`);
        this.#reboots.set(key, count - 1);
        return;
      }
      case "flapping":
        assert.ok(!known.flapping.has(item.node), `told twice: ${what}`);
        known.flapping.add(item.node);
        return;
      case "stable":
        known.flapping.delete(item.node);
        if (item.now === "dead") known.down.add(item.node);
        else known.down.delete(item.node);
        return;
      case "blind":
        assert.ok(this.#blind && !known.blind, what);
        assert.ok(nowMs - item.sinceMs >= this.#rules.blindAfterMs, `not held: ${what}`);
        known.blind = true;
        return;
      case "sees":
        assert.equal(known.blind, item.wasTold, what);
        known.blind = false;
        return;
      case "uplink_down":
        assert.ok(this.#providersDown.has(item.channel), `not true: ${what}`);
        assert.ok(!known.providers.has(item.channel), `told twice: ${what}`);
        known.providers.add(item.channel);
        return;
      case "uplink_back":
        known.providers.delete(item.channel);
        return;
    }
  }

  #of(route: string): Known {
    const known = this.#known.get(route);
    assert.ok(known !== undefined, `no route ${route}`);
    return known;
  }
}

function rebootKey({ name }: Route, node: string, atMs: number): string {
  return `${name} ${node} ${atMs}`;
}
