/**
 * The commands that a person gives to the running hub: acknowledge, maintenance, silence. No node
 * means all nodes.
 */

import type { ActionInput } from "../../core/alerting/policy/input.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { HubAlarm } from "../alarm/alarm.ts";
import type { InForce } from "../alarm/silences.ts";

/** Each promise resolves once the action is in force and on disk. */
export interface Actions {
  /**
   * Somebody takes care of the open incidents: this stops reminders and escalation. Returns the
   * incidents' ids.
   */
  acknowledge(node: string | undefined): Promise<readonly number[]>;
  /**
   * Stops messages and buzzers; 0 ends it. For all nodes, 0 also ends the maintenance of each
   * single node.
   */
  maintain(node: string | undefined, forMs: number): Promise<void>;
  /** Stops buzzers; 0 ends it as above. */
  silence(node: string | undefined, forMs: number): Promise<void>;
  inForce(): InForce;
}

export interface HubActionsOptions {
  readonly alarm: HubAlarm;
  readonly clock: Clock;
  /**
   * Passes the input to the monitor. Resolves once the monitor's output is on disk, with the
   * incidents' ids.
   */
  readonly act: (input: ActionInput) => Promise<ReadonlySet<number>>;
}

export class HubActions implements Actions {
  readonly #options: HubActionsOptions;

  constructor(options: HubActionsOptions) {
    this.#options = options;
  }

  async acknowledge(node: string | undefined): Promise<readonly number[]> {
    return [...await this.#options.act({ kind: "acknowledge", node })];
  }

  async maintain(node: string | undefined, forMs: number): Promise<void> {
    const { clock, act } = this.#options;
    const nodes = forMs > 0 ? [node] : ended(node, this.inForce().maintenance);
    for (const one of nodes) {
      await act({ kind: "maintain", node: one, untilMs: clock.nowMs() + forMs });
    }
  }

  silence(node: string | undefined, forMs: number): Promise<void> {
    const { alarm } = this.#options;
    const nodes = forMs > 0 ? [node] : ended(node, this.inForce().silences);
    for (const one of nodes) alarm.silence(one, forMs);
    return Promise.resolve();
  }

  inForce(): InForce {
    return this.#options.alarm.inForce();
  }
}

/** The nodes whose silence or maintenance ends: this node, or every node that has one. */
function ended(
  node: string | undefined,
  inForce: readonly { readonly node: string | null }[],
): readonly (string | undefined)[] {
  return node === undefined ? [undefined, ...inForce.flatMap(({ node }) => node ?? [])] : [node];
}
