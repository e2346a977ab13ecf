/** A channel that sends one HTTP request for each message. */

import type { Deferral, Delivery } from "../../core/alerting/retry.ts";
import {
  type ChannelValues,
  type Needs,
  type SettingsOf,
  settingsOf,
} from "../../core/config/needs.ts";
import { isSecretKey } from "../../core/config/keys.ts";
import { type Answering, deferralOf, deliveryOf, isDeferral, reachOf } from "./answer.ts";
import type {
  Channel,
  DeliveredMessage,
  DeliveryStatus,
  Finding,
  OutgoingMessage,
  Reach,
} from "./channel/channel.ts";
import { failureOf, undelivered, withFailure } from "./failure.ts";
import type { HttpAnswer } from "./http/answer.ts";
import { exchange } from "./http/exchange.ts";
import { Cleaner } from "./http/reason.ts";
import type { HttpRequest } from "./http/request.ts";
import {
  type ChannelPlace,
  type HttpReceiver,
  type Receiver,
  serverAt,
} from "./channel/receiver.ts";

/** The time limit from the first byte sent to the last byte read. */
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** How one request ended. */
type Exchange =
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  /** `hasSent`: the server may have received the whole request. */
  | Unanswered;

interface Unanswered {
  readonly kind: "unanswered";
  readonly why: string;
  readonly hasSent: boolean;
  /** The system's words. */
  readonly said?: string;
}

/** A kind of channel that speaks HTTP. */
export interface OpenHttpReceiver extends Receiver {
  /** The request for a message. */
  requestFor(values: ChannelValues, message: OutgoingMessage, sentAtMs: number): HttpRequest;
  /** The meaning of an answer for a message. */
  deliveryFor(answer: HttpAnswer, where: Omit<Answering, "receiver">): Delivery;
}

/** Makes a kind of channel from the description of a receiver. */
export function httpReceiver<const N extends Needs>(receiver: HttpReceiver<N>): OpenHttpReceiver {
  const { kind, title, needs, check, urlKey } = receiver;
  const settingsFor = (values: ChannelValues) => settingsOf(needs, values, kind);
  return {
    kind,
    title,
    needs,
    ...(check === undefined ? {} : { check }),
    isPaid: receiver.isPaid ?? false,
    recipients(values) {
      const to: unknown = Reflect.get(settingsFor(values), "to");
      return Array.isArray(to) && to.length > 0 ? to : [kind];
    },
    servers: (values) => serverAt(String(Reflect.get(settingsFor(values), urlKey))),
    requestFor: (values, message, sentAtMs) =>
      receiver.request(settingsFor(values), message, sentAtMs),
    deliveryFor: (answer, where) => deliveryOf(answer, { receiver, ...where }),
    open: (values, place) =>
      new HttpChannel(receiver, settingsOf(needs, values, place.section), place),
  };
}

/** Redirects are not followed, because they would carry secrets to an unknown server. */
class HttpChannel<N extends Needs> implements Channel {
  readonly name: string;
  /** Absent if the receiver never reports the state of a message. */
  readonly status?: (message: DeliveredMessage, stop: AbortSignal) => Promise<DeliveryStatus>;
  /** Absent if only messages show whether the receiver can be reached. */
  readonly probe?: (stop: AbortSignal) => Promise<Reach>;
  readonly readsAcknowledgements: boolean;
  readonly #receiver: HttpReceiver<N>;
  readonly #settings: SettingsOf<N>;
  readonly #by: Answering;
  readonly #link: Pick<OutgoingMessage, "link">;
  readonly #timeoutMs: number;

  constructor(receiver: HttpReceiver<N>, settings: SettingsOf<N>, place: ChannelPlace) {
    this.name = place.name;
    this.#receiver = receiver;
    this.#settings = settings;
    const secrets = Object.entries(settings).filter(([key]) => isSecretKey(place.section, key));
    const cleaner = new Cleaner(secrets.flatMap(([, value]) => value ?? []).map(String));
    this.#by = { receiver, section: place.section, cleaner };
    this.#link = place.link === undefined ? {} : { link: place.link };
    this.#timeoutMs = place.timeoutMs ?? TIMEOUT_MS;
    const { probe, status } = receiver;
    this.readsAcknowledgements = status?.saysAcknowledged ?? false;
    if (probe !== undefined) this.probe = (stop) => this.#probe(probe.request(settings), stop);
    if (status !== undefined) this.status = (message, stop) => this.#status(message, stop);
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async send(message: OutgoingMessage, stop: AbortSignal): Promise<Delivery> {
    const request = this.#receiver.request(
      this.#settings,
      { ...message, ...this.#link },
      Date.now(),
    );
    const exchange = await this.#exchange(request, stop);
    switch (exchange.kind) {
      case "unanswered":
        return { ...deferredBy(exchange), isUncertain: exchange.hasSent };
      case "answered": {
        const { answer } = exchange;
        return withFailure(deliveryOf(answer, this.#by), () => failureOf(answer, this.#by));
      }
    }
  }

  /** No receiver can search for a message by its text. */
  find(): Promise<Finding> {
    return Promise.resolve({ kind: "absent" });
  }

  async #probe(probe: HttpRequest, stop: AbortSignal): Promise<Reach> {
    const exchange = await this.#exchange(probe, stop);
    if (exchange.kind === "unanswered") return deferredBy(exchange);
    const { answer } = exchange;
    return withFailure(reachOf(answer, this.#by), () => failureOf(answer, this.#by));
  }

  async #status({ reference }: DeliveredMessage, stop: AbortSignal): Promise<DeliveryStatus> {
    const { status } = this.#receiver;
    const question = status?.request(this.#settings, reference);
    if (status === undefined || question === undefined) return { kind: "unknown" };
    const exchange = await this.#exchange(question, stop);
    if (exchange.kind === "unanswered") return deferredBy(exchange);
    const { answer } = exchange;
    if (isDeferral(answer.status)) {
      return withFailure(deferralOf(answer, this.#by), () => failureOf(answer, this.#by));
    }
    // The receiver does not know the message yet.
    if (answer.status === 404) return { kind: "waiting" };
    if (answer.status >= 400) return { kind: "unknown" };
    const found = status.meaning(answer);
    return withFailure(found, () => undelivered(found.kind === "failed" ? found : {}));
  }

  async #exchange(request: HttpRequest, stop: AbortSignal): Promise<Exchange> {
    const { title } = this.#receiver;
    const timeoutMs = this.#timeoutMs;
    const ended = await exchange(request, { stop, timeoutMs, answerBytesMax: ANSWER_BYTES_MAX });
    switch (ended.kind) {
      case "answered":
        return ended;
      case "stopped":
        return unanswered(`stopped while waiting for ${title}`, true);
      case "late":
        return unanswered(`${title} did not answer within ${timeoutMs / 1000} s`, true);
      case "failed": {
        const said = this.#by.cleaner.clean(ended.said);
        return { ...unanswered(`cannot reach ${title}: ${said}`, ended.hasSent), said };
      }
    }
  }
}

function unanswered(why: string, hasSent: boolean): Unanswered {
  return { kind: "unanswered", why, hasSent };
}

function deferredBy({ why, said }: Unanswered): Deferral {
  const failure = { code: "unreachable", ...(said === undefined ? {} : { said }) } as const;
  return { kind: "deferred", why, failure };
}
