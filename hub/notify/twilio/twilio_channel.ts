/** SMS by Twilio's REST API; one request for each attempt. */

import type { ProviderFailureCode } from "../../../core/alerting/provider_failure.ts";
import type { Deferral, Delivery } from "../../../core/alerting/retry.ts";
import type {
  Channel,
  DeliveredMessage,
  DeliveryStatus,
  Finding,
  OutgoingMessage,
  Reach,
} from "../channel/channel.ts";
import { type Answer, deliveryOf } from "./answer.ts";
import { type Account, type Ask, type Exchange, exchange, loadPackage } from "./exchange.ts";
import { twilioFailure } from "./failure.ts";
import { findingOf, LIST_SIZE } from "./list.ts";
import { plainReason } from "./reason.ts";
import { reachOf, statusOf } from "./status.ts";
import { baseOf } from "./transport.ts";

/** The time limit from the first byte sent to the last byte read. */
const TIMEOUT_MS = 10_000;

export interface TwilioOptions {
  /** Its name in the outbox; `twilio` by default. */
  readonly name?: string;
  /** The section that holds its keys, without brackets; `sms` by default. */
  readonly section?: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** The sender: a number in E.164, or a messaging service that picks one. */
  readonly sender:
    | { readonly kind: "number"; readonly from: string }
    | { readonly kind: "service"; readonly messagingServiceSid: string };
  /** The server's address. Twilio's own paths are appended to its path. */
  readonly apiUrl: string;
  /** For tests; `TIMEOUT_MS` by default. */
  readonly timeoutMs?: number;
}

export class TwilioChannel implements Channel {
  readonly name: string;
  readonly #account: Account;
  readonly #sender: TwilioOptions["sender"];

  /** Throws if `apiUrl` is not an HTTP address, or holds a password. */
  constructor(options: TwilioOptions) {
    const { accountSid: sid, authToken, section = "sms", timeoutMs = TIMEOUT_MS } = options;
    this.name = options.name ?? "twilio";
    this.#sender = options.sender;
    this.#account = { sid, authToken, section, timeoutMs, base: baseOf(options.apiUrl) };
  }

  /** Loading takes some seconds on a Pi, in which the hub would not process heartbeats. */
  async prepare(): Promise<void> {
    await loadPackage();
  }

  async send({ recipient: to, text: body }: OutgoingMessage, stop: AbortSignal): Promise<Delivery> {
    const from = this.#sender.kind === "number"
      ? { from: this.#sender.from }
      : { messagingServiceSid: this.#sender.messagingServiceSid };
    const ended = await this.#ask(
      (client) => client.messages.create({ to, body, ...from }),
      stop,
    );
    switch (ended.kind) {
      case "unasked":
        return { ...deferredBy(ended, "sender"), isUncertain: false, isBlocked: true };
      case "unanswered":
        return { ...deferredBy(ended), isUncertain: ended.hasSent };
      case "answered":
        return this.#explained(deliveryOf(ended.answer, to), ended.answer, "address");
    }
  }

  async find(
    message: OutgoingMessage & { readonly createdAtMs: number },
    stop: AbortSignal,
  ): Promise<Finding> {
    const { recipient: to } = message;
    const ended = await this.#ask(
      (client) => client.messages.page({ to, pageSize: LIST_SIZE }),
      stop,
    );
    switch (ended.kind) {
      case "unasked":
        return { kind: "absent" };
      case "unanswered":
        return deferredBy(ended);
      case "answered":
        return findingOf(ended.answer, message);
    }
  }

  async status(
    { recipient, reference }: DeliveredMessage,
    stop: AbortSignal,
  ): Promise<DeliveryStatus> {
    const ended = await this.#ask((client) => client.messages(reference).fetch(), stop);
    switch (ended.kind) {
      case "unasked":
        return { kind: "unknown" };
      case "unanswered":
        return deferredBy(ended);
      case "answered":
        return this.#explained(statusOf(ended.answer, recipient), ended.answer, "undelivered");
    }
  }

  async probe(stop: AbortSignal): Promise<Reach> {
    const { sid } = this.#account;
    const ended = await this.#ask((client) => client.api.v2010.accounts(sid).fetch(), stop);
    switch (ended.kind) {
      case "unasked":
        return { ...deferredBy(ended, "sender"), kind: "refused" };
      case "unanswered":
        return deferredBy(ended);
      case "answered":
        return this.#explained(reachOf(ended.answer), ended.answer, "account");
    }
  }

  async #ask(ask: Ask, stop: AbortSignal): Promise<Exchange> {
    return await exchange(ask, this.#account, stop);
  }

  /** Adds the failure's code to an outcome that has a reason; `ofSuccess`: the code of a status 2xx. */
  #explained<Outcome extends object>(
    outcome: Outcome,
    answer: Answer,
    ofSuccess: ProviderFailureCode,
  ): Outcome {
    if (!("why" in outcome)) return outcome;
    const { said, ...failure } = twilioFailure(answer, ofSuccess);
    return {
      ...outcome,
      why: plainReason(outcome.why, this.#account),
      failure: said === undefined
        ? failure
        : { ...failure, said: plainReason(said, this.#account) },
    };
  }
}

function deferredBy(
  { why, said }: Exclude<Exchange, { readonly kind: "answered" }>,
  code: ProviderFailureCode = "unreachable",
): Deferral {
  return { kind: "deferred", why, failure: { code, ...(said === undefined ? {} : { said }) } };
}
