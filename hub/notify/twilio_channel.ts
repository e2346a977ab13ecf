/**
 * SMS by Twilio.
 *
 * The package makes the request; its transport (axios) is replaced by `fetch`, so that `api_url` can
 * name another server and no error object carries the credential. It is loaded where it is used: it
 * costs 36 MB of memory, which a hub without SMS need not pay.
 */

import type TwilioPackage from "twilio";
import type { ProviderFailureCode } from "../../core/alerting/provider_failure.ts";
import type { Deferral, Delivery } from "../../core/alerting/retry.ts";
import type {
  Channel,
  DeliveredMessage,
  DeliveryStatus,
  Finding,
  OutgoingMessage,
  Reach,
} from "./channel.ts";
import { isWithoutConnection } from "./http/answer.ts";
import { type Answer, deliveryOf } from "./twilio_answer.ts";
import { twilioFailure } from "./twilio_failure.ts";
import { answerTo, baseOf } from "./twilio_http.ts";
import { findingOf, LIST_SIZE } from "./twilio_list.ts";
import { reachOf, statusOf } from "./twilio_status.ts";

/** From the first byte sent to the last one read. */
const TIMEOUT_MS = 10_000;
const REASON_LENGTH_MAX = 300;

export interface TwilioOptions {
  /** As in the outbox; `twilio` where left out. */
  readonly name?: string;
  /** Where its keys stand, without brackets; `sms` where left out. */
  readonly section?: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** Who sends: a number in E.164, or a messaging service that picks one. */
  readonly sender:
    | { readonly kind: "number"; readonly from: string }
    | { readonly kind: "service"; readonly messagingServiceSid: string };
  /** The server's address, of which the path comes before Twilio's own. */
  readonly apiUrl: string;
  /** For tests; `TIMEOUT_MS` otherwise. */
  readonly timeoutMs?: number;
}

type TwilioClient = ReturnType<typeof TwilioPackage>;
type TwilioResponse<Body> = Awaited<ReturnType<TwilioPackage.RequestClient["request"]>> & {
  body: Body;
};
type RequestOptions = Parameters<TwilioPackage.RequestClient["request"]>[0];

/** What the package is asked to do; its own verdict on the answer does not matter, see `Answer`. */
type Ask = (client: TwilioClient) => Promise<unknown>;

/** How one request ended. */
type Exchange =
  | { readonly kind: "answered"; readonly answer: Answer }
  /** The package itself says no. */
  | { readonly kind: "unasked"; readonly why: string; readonly said?: string }
  /** `hasSent`: the server may have had the whole request. */
  | {
    readonly kind: "unanswered";
    readonly why: string;
    readonly hasSent: boolean;
    /** The system's words. */
    readonly said?: string;
  };

/** How far an exchange got. */
interface Attempt {
  stage: "loading" | "preparing" | "requested";
  answer: Answer | undefined;
}

/** Sends through Twilio's REST API; one request an attempt. */
export class TwilioChannel implements Channel {
  readonly name: string;
  readonly #options: TwilioOptions;
  readonly #base: string;
  readonly #timeoutMs: number;

  /** Throws when `apiUrl` is no HTTP address, or holds a password. */
  constructor(options: TwilioOptions) {
    this.name = options.name ?? "twilio";
    this.#options = options;
    this.#base = baseOf(options.apiUrl);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** The package takes a Pi some seconds to load, in which the hub would hear nobody. */
  async prepare(): Promise<void> {
    // Should it fail, the first message tells why.
    await import("twilio").catch(() => {});
  }

  async send({ recipient: to, text: body }: OutgoingMessage, stop: AbortSignal): Promise<Delivery> {
    const { sender } = this.#options;
    const from = sender.kind === "number"
      ? { from: sender.from }
      : { messagingServiceSid: sender.messagingServiceSid };
    const exchange = await this.#exchange(
      (client) => client.messages.create({ to, body, ...from }),
      stop,
    );
    switch (exchange.kind) {
      case "unasked":
        return {
          ...deferredBy(exchange, "sender"),
          isUncertain: false,
          isBlocked: true,
        };
      case "unanswered":
        return { ...deferredBy(exchange), isUncertain: exchange.hasSent };
      case "answered":
        return this.#failed(deliveryOf(exchange.answer, to), exchange.answer, "address");
    }
  }

  async find(
    message: OutgoingMessage & { readonly createdAtMs: number },
    stop: AbortSignal,
  ): Promise<Finding> {
    const { recipient: to } = message;
    const exchange = await this.#exchange(
      (client) => client.messages.page({ to, pageSize: LIST_SIZE }),
      stop,
    );
    switch (exchange.kind) {
      case "unasked":
        return { kind: "absent" };
      case "unanswered":
        return deferredBy(exchange);
      case "answered":
        return findingOf(exchange.answer, message);
    }
  }

  async status(
    { recipient, reference }: DeliveredMessage,
    stop: AbortSignal,
  ): Promise<DeliveryStatus> {
    const exchange = await this.#exchange((client) => client.messages(reference).fetch(), stop);
    switch (exchange.kind) {
      case "unasked":
        return { kind: "unknown" };
      case "unanswered":
        return deferredBy(exchange);
      case "answered":
        return this.#failed(statusOf(exchange.answer, recipient), exchange.answer, "undelivered");
    }
  }

  async probe(stop: AbortSignal): Promise<Reach> {
    const { accountSid } = this.#options;
    const exchange = await this.#exchange(
      (client) => client.api.v2010.accounts(accountSid).fetch(),
      stop,
    );
    switch (exchange.kind) {
      case "unasked":
        return { ...deferredBy(exchange, "sender"), kind: "refused" };
      case "unanswered":
        return deferredBy(exchange);
      case "answered":
        return this.#failed(reachOf(exchange.answer), exchange.answer, "account");
    }
  }

  async #exchange(ask: Ask, stop: AbortSignal): Promise<Exchange> {
    const timeout = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt: Attempt = { stage: "loading", answer: undefined };
    try {
      const { default: twilio } = await import("twilio");
      attempt.stage = "preparing";
      timer = setTimeout(() => timeout.abort(), this.#timeoutMs);
      await ask(this.#client(twilio, attempt, AbortSignal.any([stop, timeout.signal])));
    } catch (error) {
      if (attempt.answer === undefined) {
        const hasSent = attempt.stage === "requested";
        if (stop.aborted) return unanswered("stopped while waiting for Twilio", hasSent);
        if (timeout.signal.aborted) {
          return unanswered(`Twilio did not answer within ${this.#timeoutMs / 1000} s`, hasSent);
        }
        return this.#failure(attempt.stage, error);
      }
    } finally {
      clearTimeout(timer);
    }
    if (attempt.answer === undefined) throw new Error("Twilio's package made no request");
    return { kind: "answered", answer: attempt.answer };
  }

  #client(twilio: typeof TwilioPackage, attempt: Attempt, signal: AbortSignal): TwilioClient {
    const base = this.#base;
    class FetchClient extends twilio.RequestClient {
      override async request<Body>(options: RequestOptions): Promise<TwilioResponse<Body>> {
        attempt.stage = "requested";
        attempt.answer = await answerTo(options, base, signal);
        const { status, body } = attempt.answer;
        return { statusCode: status, body: body as Body, headers: {} };
      }
    }
    const { accountSid, authToken } = this.#options;
    const httpClient = new FetchClient();
    return twilio(accountSid, authToken, { httpClient, edge: "", region: "", autoRetry: false });
  }

  #failure(stage: Attempt["stage"], error: unknown): Exchange {
    const why = this.#plain(error);
    switch (stage) {
      case "loading":
        return unanswered(`cannot load Twilio's package: ${why}`, false);
      case "preparing":
        return { kind: "unasked", why: `Twilio's package refused: ${why}`, said: why };
      case "requested":
        return {
          ...unanswered(`cannot reach Twilio: ${why}`, !isWithoutConnection(error)),
          said: why,
        };
    }
  }

  #failed<Outcome extends object>(
    outcome: Outcome,
    answer: Answer,
    ofSuccess: ProviderFailureCode,
  ): Outcome {
    if (!("why" in outcome)) return outcome;
    const { said, ...failure } = twilioFailure(answer, ofSuccess);
    return {
      ...outcome,
      why: this.#plain(outcome.why),
      failure: said === undefined ? failure : { ...failure, said: this.#plain(said) },
    };
  }

  /** An error's text for the history: short, one line, without the address and the credential. */
  #plain(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    const { authToken, section = "sms" } = this.#options;
    return (authToken === "" ? text : text.replaceAll(authToken, "(secret)"))
      .replace(/^.*client error \(\w+\): /s, "")
      .replace(/https?:\/\/\S+/g, "")
      // The words name keys as they stand in [sms].
      .replace(/\bsms\.(?=[a-z])/g, section === "sms" ? "sms." : `[${section}] `)
      .replace(/[\p{Cc}\s]+/gu, " ")
      .trim()
      .slice(0, REASON_LENGTH_MAX);
  }
}

function unanswered(why: string, hasSent: boolean) {
  return { kind: "unanswered", why, hasSent } as const;
}

function deferredBy(
  { why, said }: { readonly why: string; readonly said?: string },
  code: ProviderFailureCode = "unreachable",
): Deferral {
  return { kind: "deferred", why, failure: { code, ...(said === undefined ? {} : { said }) } };
}
