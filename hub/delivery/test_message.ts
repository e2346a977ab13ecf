/** Sends one message to one person to test whether it arrives. */

import { type ProviderFailure, UNKNOWN_FAILURE } from "../../core/alerting/provider_failure.ts";
import type { Delivery } from "../../core/alerting/retry.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import { PRINT } from "../notify/channel/channel.ts";
import type { Target } from "./channels.ts";

/** Most providers report within seconds whether it arrived. */
const ASK_EVERY_MS = 2000;

const TEXT = "RPi Cluster Alert: this is a test message. Nothing is wrong.";
const ABOUT = { severity: "info", title: "Test", incidents: [] } as const;

/** The outcome of the test. */
export interface TestOutcome {
  readonly channel: string;
  readonly recipient: string;
  readonly state:
    | "accepted"
    | "delivered"
    /** It is only shown in the log and reaches nobody. */
    | "printed"
    | "refused"
    | "deferred"
    | "failed"
    | "unconfirmed";
  /** The provider's reference, or the reason in the channel's English: for the command line. */
  readonly detail: string;
  /** The provider's id of the message. */
  readonly reference?: string;
  /** Why it was not sent or did not arrive, as a code. */
  readonly failure?: ProviderFailure;
}

export interface TestMessageOptions {
  readonly clock: Clock;
  readonly stop: AbortSignal;
  /** How long the provider is asked whether it arrived. */
  readonly followMs: number;
  /** Called with each outcome as soon as it is known; the last one counts. */
  readonly tell: (outcome: TestOutcome) => void;
  /** Called with the provider's answer to the message itself. */
  readonly onDelivery?: (channel: string, delivery: Delivery) => void;
}

export class TestMessage {
  readonly #target: Target;
  readonly #options: TestMessageOptions;
  #reference = "";

  constructor(target: Target, options: TestMessageOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Whether the provider accepted it. A printed message reaches nobody, so it counts as not accepted. */
  async send(): Promise<boolean> {
    const { channel, recipient } = this.#target;
    const { stop, onDelivery } = this.#options;
    const delivery = await channel.send({
      recipient,
      text: TEXT,
      about: { ...ABOUT, id: `test.${crypto.randomUUID()}` },
    }, stop);
    onDelivery?.(channel.name, delivery);
    if (channel.name === PRINT) {
      this.#tell("printed");
      return false;
    }
    if (delivery.kind === "accepted") {
      this.#reference = delivery.reference;
      this.#tell("accepted", { detail: delivery.reference, reference: delivery.reference });
      return true;
    }
    const isRefused = delivery.kind === "refused" || delivery.isBlocked;
    this.#tell(isRefused ? "refused" : "deferred", told(delivery));
    return false;
  }

  /**
   * Reports whether it arrived, if the provider says so. Returns true if the provider never reports
   * it or has not yet.
   */
  async follow(): Promise<boolean> {
    const { channel, recipient } = this.#target;
    const { clock, stop, followMs } = this.#options;
    const reference = this.#reference;
    if (reference === "" || channel.status === undefined) return true;
    const endMs = clock.nowMs() + followMs;
    let last: Told = { detail: "the provider has not said yet whether it arrived" };
    for (;;) {
      const status = await channel.status({ recipient, reference }, stop);
      switch (status.kind) {
        case "delivered":
          this.#tell("delivered");
          return true;
        case "failed":
          this.#tell("failed", told(status));
          return false;
        case "unknown":
          this.#tell("unconfirmed", { detail: "the provider never says whether it arrives" });
          return true;
        case "deferred":
          last = told(status);
          break;
        case "waiting":
          break;
      }
      const nextMs = clock.nowMs() + ASK_EVERY_MS;
      if (stop.aborted || nextMs > endMs) break;
      await sleepUntil(clock, nextMs, stop);
    }
    this.#tell("unconfirmed", last);
    return true;
  }

  #tell(state: TestOutcome["state"], what: Told = { detail: "" }): void {
    const { channel, recipient } = this.#target;
    this.#options.tell({ channel: channel.name, recipient, state, ...what });
  }
}

type Told = Pick<TestOutcome, "detail" | "reference" | "failure">;

function told(
  { why, failure = UNKNOWN_FAILURE }: { readonly why: string; readonly failure?: ProviderFailure },
): Told {
  return { detail: why, failure };
}
