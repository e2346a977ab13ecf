/** Messages by one HTTP POST each, in the language of whoever receives them. */

import type { Delivery } from "../../core/alerting/retry.ts";
import { VERSION } from "../../core/version.ts";
import type {
  Channel,
  DeliveredMessage,
  DeliveryStatus,
  Finding,
  OutgoingMessage,
  Reach,
} from "./channel.ts";
import { type HttpAnswer, isWithoutConnection, readAnswer } from "./http_answer.ts";
import { deliveryOf, receiverName } from "./webhook_answer.ts";
import { requestOf, type WebhookSettings } from "./webhook_presets.ts";
import {
  probeOf,
  type Question,
  reachOf,
  statusOf,
  statusQuestionOf,
} from "./webhook_questions.ts";
import { Cleaner } from "./webhook_reason.ts";

/** From the first byte sent to the last one read. */
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

export interface WebhookOptions extends WebhookSettings {
  /** For tests; `TIMEOUT_MS` otherwise. */
  readonly timeoutMs?: number;
}

/** A POST when it has a body, else a GET. */
interface Request extends Question {
  readonly body?: string;
}

/** How one request ended. */
type Exchange =
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  /** `hasSent`: the server may have had the whole request. */
  | { readonly kind: "unanswered"; readonly why: string; readonly hasSent: boolean };

/** Talks to one address. Redirects are not followed: they would carry secrets to who knows where. */
export class WebhookChannel implements Channel {
  readonly name = "webhook";
  /** Absent where the receiver never says what became of a message. */
  readonly status?: (message: DeliveredMessage, stop: AbortSignal) => Promise<DeliveryStatus>;
  /** Absent where only messages show whether the receiver is there. */
  readonly probe?: (stop: AbortSignal) => Promise<Reach>;
  readonly #settings: WebhookSettings;
  readonly #cleaner: Cleaner;
  readonly #timeoutMs: number;

  /** Throws, without repeating it, when `url` is no HTTP address. */
  constructor(options: WebhookOptions) {
    const { timeoutMs, ...settings } = options;
    if (!URL.canParse(settings.url) || !/^https?:$/.test(new URL(settings.url).protocol)) {
      throw new Error(
        "Cannot use [webhook] url: expected http:// or https://, found something else",
      );
    }
    this.#settings = settings;
    this.#cleaner = new Cleaner(settings);
    this.#timeoutMs = timeoutMs ?? TIMEOUT_MS;
    const probe = probeOf(settings);
    if (probe !== undefined) this.probe = (stop) => this.#probe(probe, stop);
    if (statusQuestionOf(settings, "") !== undefined) {
      this.status = (message, stop) => this.#status(message, stop);
    }
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async send(message: OutgoingMessage, stop: AbortSignal): Promise<Delivery> {
    const exchange = await this.#exchange(requestOf(this.#settings, message, Date.now()), stop);
    switch (exchange.kind) {
      case "unanswered":
        return { kind: "deferred", why: exchange.why, isUncertain: exchange.hasSent };
      case "answered":
        return deliveryOf(exchange.answer, this.#settings.preset, this.#cleaner);
    }
  }

  /** No receiver can be asked for a message by its text. */
  find(): Promise<Finding> {
    return Promise.resolve({ kind: "absent" });
  }

  async #probe(probe: Question, stop: AbortSignal): Promise<Reach> {
    const exchange = await this.#exchange(probe, stop);
    if (exchange.kind === "unanswered") return { kind: "deferred", why: exchange.why };
    return reachOf(exchange.answer, this.#settings, this.#cleaner);
  }

  async #status({ reference }: DeliveredMessage, stop: AbortSignal): Promise<DeliveryStatus> {
    const question = statusQuestionOf(this.#settings, reference);
    if (question === undefined) return { kind: "unknown" };
    const exchange = await this.#exchange(question, stop);
    if (exchange.kind === "unanswered") return { kind: "deferred", why: exchange.why };
    return statusOf(exchange.answer);
  }

  async #exchange({ url, headers, body }: Request, stop: AbortSignal): Promise<Exchange> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), this.#timeoutMs);
    try {
      const response = await fetch(url, {
        method: body === undefined ? "GET" : "POST",
        headers: { ...headers, "User-Agent": `rpi-cluster-alert/${VERSION}` },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: AbortSignal.any([stop, timeout.signal]),
      });
      return { kind: "answered", answer: await readAnswer(response, ANSWER_BYTES_MAX) };
    } catch (error) {
      return this.#failure(error, { stop, timeout: timeout.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(
    error: unknown,
    { stop, timeout }: { readonly stop: AbortSignal; readonly timeout: AbortSignal },
  ): Exchange {
    const name = receiverName(this.#settings.preset);
    if (stop.aborted) return unanswered(`stopped while waiting for ${name}`, true);
    if (timeout.aborted) {
      return unanswered(`${name} did not answer within ${this.#timeoutMs / 1000} s`, true);
    }
    const text = error instanceof Error ? error.message : String(error);
    const plain = this.#cleaner.clean(text.replace(/^.*client error \(\w+\): /s, ""));
    return unanswered(`cannot reach ${name}: ${plain}`, !isWithoutConnection(error));
  }
}

function unanswered(why: string, hasSent: boolean): Exchange {
  return { kind: "unanswered", why, hasSent };
}
