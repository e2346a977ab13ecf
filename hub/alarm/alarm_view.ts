/** Estimates what LEDs and buzzers show now. Each tracker decides for itself. */

import {
  type AlarmFacts,
  factsAt,
  isAlarmFact,
  newAlarmFacts,
  noteFact,
} from "../../core/alarm/alarm_facts.ts";
import type { BuzzerRules } from "../../core/alarm/buzzer.ts";
import type { IndicationKind } from "../../core/alarm/indication.ts";
import { indicate } from "../../core/alarm/indicator.ts";
import type { Silence } from "../../core/alarm/silence.ts";
import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type { ClusterState } from "../../core/detection/cluster_state.ts";
import type { Clock } from "../../io/time/clock.ts";

export interface AlarmViewOptions {
  readonly clock: Clock;
  /** The rules of the hub's own Pi. Another Pi may have other rules and quiet hours. */
  readonly rules: BuzzerRules;
  /** The silences in force. */
  readonly silence: () => Silence;
  /** The indication has changed. */
  readonly onChange: (shows: IndicationKind) => void;
}

/** Follows the monitor. Call `look` when the silences change, and after the steps of a turn. */
export class AlarmView implements Disposable {
  readonly #options: AlarmViewOptions;
  readonly #facts: AlarmFacts = newAlarmFacts();
  #shows: IndicationKind = "blind";
  #timer: Disposable | undefined;

  constructor(options: AlarmViewOptions) {
    this.#options = options;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  get shows(): IndicationKind {
    return this.#shows;
  }

  /** Takes the outputs of one step of the monitor. */
  take(outputs: readonly MonitorOutput[], cluster: ClusterState, nowMs: number): void {
    const { rules } = this.#options;
    for (const fact of outputs.filter(isAlarmFact)) {
      noteFact(this.#facts, fact, { nowMs, rules, cluster });
    }
  }

  look(): void {
    const { clock, rules, silence, onChange } = this.#options;
    const { nextMs, ...facts } = factsAt(this.#facts, {
      rules,
      silence: silence(),
      nowMs: clock.nowMs(),
    });
    this.#timer?.[Symbol.dispose]();
    this.#timer = clock.callAt(nextMs, () => this.look());
    const { kind } = indicate(facts);
    if (kind === this.#shows) return;
    this.#shows = kind;
    onChange(kind);
  }
}
