/** Notices another hub on the same broker, and reports it as a fault of this hub. */

import type { FaultInput } from "../../core/alerting/policy/input.ts";
import {
  isOtherHubAlive,
  newSecondHub,
  type OtherEcho,
  type SecondHub,
  secondHubMachine,
  type SecondHubState,
} from "../../core/detection/broker/second_hub.ts";
import type { Tick } from "../../core/machine.ts";
import type { Echo } from "../../core/protocol/wire.ts";
import { getLog } from "../../io/log/log.ts";
import type { Clock } from "../../io/time/clock.ts";
import { LazyAlarm } from "../../io/time/lazy_alarm.ts";

const log = getLog("hub");

export interface OtherHubOptions {
  readonly clock: Clock;
  /** The run of this hub, as in its own echoes. */
  readonly observer: string;
  readonly onFault: (fault: FaultInput) => void;
}

export class OtherHub implements Disposable {
  readonly #options: OtherHubOptions;
  readonly #alarm: LazyAlarm;
  #state: SecondHubState;

  constructor(options: OtherHubOptions) {
    this.#options = options;
    this.#state = newSecondHub(options.clock.nowMs());
    this.#alarm = new LazyAlarm(options.clock, () => this.#step({ kind: "tick" }));
    this.#alarm.setAtLatest(secondHubMachine.deadlineMs(this.#state));
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  /** Whether another hub is alive on the same broker. */
  get isAlive(): boolean {
    return isOtherHubAlive(this.#state, this.#options.clock.nowMs());
  }

  /** Takes every echo. Only a hub may write to the hub's topic. */
  hear({ node, observer }: Echo): void {
    if (node !== undefined || observer === this.#options.observer) return;
    this.#step({ kind: "other_echo", observer });
  }

  #step(input: OtherEcho | Tick): void {
    const nowMs = this.#options.clock.nowMs();
    const [state, outputs] = secondHubMachine.step(this.#state, input, nowMs);
    this.#state = state;
    outputs.forEach((output) => this.#report(output));
    this.#alarm.setAtLatest(secondHubMachine.deadlineMs(this.#state));
  }

  #report({ isPresent: isWrong, sinceMs }: SecondHub): void {
    if (isWrong) {
      log.error("another hub uses the same broker: people are told of everything twice", {
        advice: "stop one of the two, or give each of them a broker of its own",
      });
    }
    const subject = { kind: "hub", fault: "second_hub" } as const;
    const cause = isWrong ? "same_broker" : "";
    this.#options.onFault({ kind: "fault", subject, name: "", isWrong, cause, sinceMs });
  }
}
