/** A connection that gives commands to Mosquitto's dynamic-security plugin. */

import type { Config } from "../../core/config/settings.ts";
import { brokerFaultText } from "../../core/network/broker_fault.ts";
import {
  CONTROL_REPLIES,
  CONTROL_TOPIC,
  type ControlCommand,
} from "../../core/protocol/control.ts";
import { type ControlReply, decodeReplies } from "../../core/protocol/control_decoding.ts";
import { readCaCerts } from "../../io/connection/ca_certs.ts";
import { knownAddressIn } from "../../io/connection/known_address.ts";
import { Link } from "../../io/mqtt/mqtt.ts";
import { UserError } from "../../io/program/user_error.ts";
import type { Clock } from "../../io/time/clock.ts";

/** Mosquitto answers at once; it writes its file first, which may take a while on a full card. */
const ANSWER_MS_MAX = 10_000;

interface Waiting {
  readonly resolve: (replies: readonly ControlReply[]) => void;
  readonly reject: (error: UserError) => void;
}

export interface ControlOptions {
  readonly config: Pick<Config, "mqtt" | "hub">;
  readonly clock: Clock;
  /** Commands can be given from now on. Called at each connection. */
  readonly onUp: () => void;
  /** The hub's user may not hear the plugin's answers. */
  readonly onRefused: (reason: string) => void;
}

/** Stays connected until it is disposed. */
export class Control implements AsyncDisposable {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  #number = 0;
  #isUp = false;
  #fault = "it is not connected yet";

  constructor({ config: { mqtt, hub }, clock, onUp, onRefused }: ControlOptions) {
    this.#clock = clock;
    this.#link = new Link({
      program: "hub",
      mqtt,
      clock,
      caCerts: readCaCerts(mqtt),
      known: knownAddressIn(hub.stateDir),
      subscribe: { filters: () => [CONTROL_REPLIES] },
      onMessage: ({ payload }) => this.#take(payload),
      onUp: () => {
        this.#isUp = true;
        onUp();
      },
      onDown: (fault) => {
        this.#isUp = false;
        this.#fault = brokerFaultText(fault);
        this.#rejectAll();
        if (fault.code === "subscription") onRefused(this.#fault);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
    this.#rejectAll();
  }

  /**
   * Resolves to the plugin's answers, one for each command, in their order. Rejects with a `UserError`
   * when there is no connection, or no answer in time. The commands must fit into one message.
   */
  async request(commands: readonly ControlCommand[]): Promise<readonly ControlReply[]> {
    if (!this.#isUp) throw this.#away();
    const request = String(++this.#number);
    const numbered = commands.map((command) => ({ ...command, correlationData: request }));
    const payload = JSON.stringify({ commands: numbered });
    const { promise, resolve, reject } = Promise.withResolvers<readonly ControlReply[]>();
    this.#waiting.set(request, { resolve, reject });
    using _late = this.#clock.callAt(this.#clock.nowMs() + ANSWER_MS_MAX, () => {
      reject(
        new UserError(
          `Mosquitto does not answer at ${CONTROL_TOPIC}: does it have the plugin ` +
            "mosquitto_dynamic_security.so, and the hub's user its role there?",
        ),
      );
    });
    try {
      const message = { topic: CONTROL_TOPIC, payload, qos: 1, retain: false } as const;
      // The answer says whether it arrived.
      void this.#link.publish(message);
      return await promise;
    } finally {
      this.#waiting.delete(request);
    }
  }

  #take(payload: string | undefined): void {
    const decoded = decodeReplies(payload ?? "");
    if (!decoded.ok) return;
    const request = decoded.value[0]?.request;
    if (request !== undefined) this.#waiting.get(request)?.resolve(decoded.value);
  }

  #rejectAll(): void {
    for (const { reject } of this.#waiting.values()) reject(this.#away());
    this.#waiting.clear();
  }

  #away(): UserError {
    return new UserError(`The hub cannot give commands to Mosquitto: ${this.#fault}`);
  }
}
