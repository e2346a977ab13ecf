/** What a person can ask of the running hub: acknowledge, maintenance, silence. No node means all. */

import type { ActionInput } from "../../core/alerting/policy/input.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { HubAlarm } from "../alarm/alarm.ts";
import type { InForce } from "../alarm/silences.ts";

/** Each resolves once it is in force and on disk. */
export interface Actions {
  /** Somebody takes care of what is open: no reminders, no escalation. Answers the incidents' ids. */
  acknowledge(node: string | undefined): Promise<readonly number[]>;
  /** Nobody is told and no buzzer sounds; 0 ends it, and for all nodes that of each single one, too. */
  maintain(node: string | undefined, forMs: number): Promise<void>;
  /** No buzzer sounds; 0 as above. */
  silence(node: string | undefined, forMs: number): Promise<void>;
  inForce(): InForce;
}

export interface HubActionsOptions {
  readonly alarm: HubAlarm;
  readonly clock: Clock;
  /** Hands it to the monitor; resolves once what it decided is on disk, with the incidents' ids. */
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

/** Whose silence or maintenance ends: the node's, or everybody's that has one. */
function ended(
  node: string | undefined,
  inForce: readonly { readonly node: string | null }[],
): readonly (string | undefined)[] {
  return node === undefined ? [undefined, ...inForce.flatMap(({ node }) => node ?? [])] : [node];
}
