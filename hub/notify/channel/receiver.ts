/** The description of a kind of channel: one object each, in a file of its own. */

import type { ProviderFailureCode } from "../../../core/alerting/provider_failure.ts";
import type { ChannelKind, ChannelValues, Needs, SettingsOf } from "../../../core/config/needs.ts";
import type { HostAndPort } from "../../../core/network/host.ts";
import type { Channel, DeliveryStatus, OutgoingMessage } from "./channel.ts";
import type { HttpAnswer } from "../http/answer.ts";
import type { HttpRequest } from "../http/request.ts";

/** A kind of channel, without settings. */
export interface Receiver extends ChannelKind {
  /** Its name within a sentence. */
  readonly title: string;
  /** Messages cost money, so that `[alerts] per_hour` limits them. */
  readonly isPaid: boolean;
  /** The recipients of its messages; the kind itself if the receiver knows them. */
  recipients(values: ChannelValues): readonly string[];
  /** The servers that accept messages. An answer of theirs proves that the network works. */
  servers(values: ChannelValues): readonly HostAndPort[];
  /** Throws for an invalid value, without repeating it. */
  open(values: ChannelValues, place: ChannelPlace): Channel;
}

/** The channel within its kind. */
export interface ChannelPlace {
  /** Its name in the outbox. */
  readonly name: string;
  /** The section of its keys, without brackets: `webhook`, `channel family`. */
  readonly section: string;
  /** The address of the page. */
  readonly link?: string;
  /** For tests: the time limit of an answer. */
  readonly timeoutMs?: number;
}

/** Why the receiver accepts no message at all. */
export interface Blockage {
  readonly code: ProviderFailureCode;
  /** `$` stands for the section: `[$] token`. */
  readonly why: string;
}

/** The keys to check after the usual refusals. */
export function usualAdvice(
  keys: { readonly credentials: string; readonly address: string },
): (status: number) => string | undefined {
  return (status) => {
    if (status === 401 || status === 403) return keys.credentials;
    return status === 404 || status === 410 ? keys.address : undefined;
  };
}

/** A receiver that gets one HTTP request for each message. `needs` decodes its settings. */
export interface HttpReceiver<N extends Needs = Needs> {
  readonly kind: string;
  readonly title: string;
  readonly isPaid?: true;
  readonly needs: N;
  readonly check?: ChannelKind["check"];
  /** The key of the server's address. */
  readonly urlKey: "url" | "api_url";
  /** The request for a message. `sentAtMs` is wall-clock time. */
  request(settings: SettingsOf<N>, message: OutgoingMessage, sentAtMs: number): HttpRequest;
  /** It may answer with a web page. For other receivers a page comes from e.g. a captive portal. */
  readonly mayAnswerWithPage?: true;
  /** The id of the message in an answer, by which its state can be requested. */
  reference?(json: Readonly<Record<string, unknown>>): unknown;
  /** Why the receiver accepts no message at all, if only the answer's body says so. */
  blockage?(answer: HttpAnswer): Blockage | undefined;
  /** Whether a refusal is about address, credential or account. Default: by the usual statuses. */
  isBlocking?(status: number): boolean;
  /** What to check after a refusal; `$` stands for the section: `[$] token`. */
  advice(status: number): string | undefined;
  /** A request that changes nothing. Absent if only messages show whether it can be reached. */
  readonly probe?: {
    request(settings: SettingsOf<N>): HttpRequest;
    /** The request needs no credential, so any answer means that the server is reachable. */
    readonly isOpen?: true;
  };
  /** How to request the state of a message. Absent if the receiver never reports it. */
  readonly status?: {
    /** `undefined` for a message whose state is never reported. */
    request(settings: SettingsOf<N>, reference: string): HttpRequest | undefined;
    /** The meaning of a successful answer. */
    meaning(answer: HttpAnswer): DeliveryStatus;
    /** Recipients can acknowledge a message in the receiver's app. */
    readonly saysAcknowledged?: true;
  };
}

/** Host and port of an address; empty for an invalid address. */
export function serverAt(address: string): readonly HostAndPort[] {
  const url = URL.parse(address);
  if (url === null) return [];
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  // The brackets of an IPv6 address belong to the URL.
  return [{ hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), port }];
}
