/** A channel that only prints its messages, to try the programs without a provider. */

import type { Delivery } from "../../core/alerting/retry.ts";
import { type Channel, type Finding, type OutgoingMessage, PRINT } from "./channel/channel.ts";

/** Passes each message as one line to `write`. */
export class PrintChannel implements Channel {
  readonly name = PRINT;
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  send({ recipient, text }: OutgoingMessage): Promise<Delivery> {
    this.#write(`SMS to ${recipient} (printed, not sent): ${text}`);
    return Promise.resolve({ kind: "accepted", reference: "" });
  }

  find(): Promise<Finding> {
    return Promise.resolve({ kind: "absent" });
  }
}
