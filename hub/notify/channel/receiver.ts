/** What the hub knows of a kind of channel: one object each, in a file of its own. */

import type { ProviderFailureCode } from "../../../core/alerting/provider_failure.ts";
import type { ChannelKind, ChannelValues, Needs, SettingsOf } from "../../../core/config/needs.ts";
import type { HostAndPort } from "../../../core/network/host.ts";
import type { Channel, DeliveryStatus, OutgoingMessage } from "./channel.ts";
import type { HttpAnswer } from "../http/answer.ts";
import type { HttpRequest } from "../http/request.ts";

/** A kind of channel with its settings left open. */
export interface Receiver extends ChannelKind {
  /** As people call it within a sentence. */
  readonly title: string;
  /** Messages cost money, so that `[alerts] per_hour` limits them. */
  readonly isPaid: boolean;
  /** Whom its messages name; the kind itself where the receiver knows by itself whom to tell. */
  recipients(values: ChannelValues): readonly string[];
  /** The servers that take messages: their answer to a knock shows that the network works. */
  servers(values: ChannelValues): readonly HostAndPort[];
  /** Throws, without repeating it, for a value that is no good. */
  open(values: ChannelValues, place: ChannelPlace): Channel;
}

/** Which channel of its kind it is. */
export interface ChannelPlace {
  /** As in the outbox. */
  readonly name: string;
  /** Where its keys stand, without brackets: `webhook`, `channel family`. */
  readonly section: string;
  /** Where people open the page. */
  readonly link?: string;
  /** For tests: how long an answer may take. */
  readonly timeoutMs?: number;
}

/** Why no message at all is taken. */
export interface Blockage {
  readonly code: ProviderFailureCode;
  /** `$` stands for the section: `[$] token`. */
  readonly why: string;
}

/** What to check after the usual refusals, by what they are about. */
export function usualAdvice(
  keys: { readonly credentials: string; readonly address: string },
): (status: number) => string | undefined {
  return (status) => {
    if (status === 401 || status === 403) return keys.credentials;
    return status === 404 || status === 410 ? keys.address : undefined;
  };
}

/** A receiver that is told by one HTTP request a message. Settings are what `needs` makes of values. */
export interface HttpReceiver<N extends Needs = Needs> {
  readonly kind: string;
  readonly title: string;
  readonly isPaid?: true;
  readonly needs: N;
  readonly check?: ChannelKind["check"];
  /** The key that holds the server's address. */
  readonly urlKey: "url" | "api_url";
  /** `sentAtMs` is calendar time. */
  request(settings: SettingsOf<N>, message: OutgoingMessage, sentAtMs: number): HttpRequest;
  /** It may answer with a page; of any other a page is somebody else's, e.g. a captive portal's. */
  readonly mayAnswerWithPage?: true;
  /** The id that an answer gives the message, and by which its status is asked. */
  reference?(json: Readonly<Record<string, unknown>>): unknown;
  /** Why no message at all is taken, where only the answer's body says so. */
  blockage?(answer: HttpAnswer): Blockage | undefined;
  /** Whether a refusal is about address, credential or account; by the usual statuses where left out. */
  isBlocking?(status: number): boolean;
  /** What to check after a refusal; `$` stands for the section: `[$] token`. */
  advice(status: number): string | undefined;
  /** Asks for something that changes nothing. Absent where only a message shows whether it is there. */
  readonly probe?: {
    request(settings: SettingsOf<N>): HttpRequest;
    /** The question needs no credential, so that whoever answers it is reached. */
    readonly isOpen?: true;
  };
  /** Asks what became of a message. Absent where the receiver never says. */
  readonly status?: {
    /** `undefined` for a message of which it never says. */
    request(settings: SettingsOf<N>, reference: string): HttpRequest | undefined;
    /** What an answer means that is a yes. */
    meaning(answer: HttpAnswer): DeliveryStatus;
    /** Recipients can acknowledge a message in the receiver's app. */
    readonly saysAcknowledged?: true;
  };
}

/** Host and port of an address; none for what is no address. */
export function serverAt(address: string): readonly HostAndPort[] {
  const url = URL.parse(address);
  if (url === null) return [];
  const port = url.port === "" ? (url.protocol === "http:" ? 80 : 443) : Number(url.port);
  // The brackets of an IPv6 address belong to the URL.
  return [{ hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"), port }];
}
