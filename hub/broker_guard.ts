/** What the embedded broker lets whom do: access by `core/access.ts`, and the limits. */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { HUB_USER, mayPublish, maySubscribe } from "../core/access.ts";
import type { Credentials } from "./credentials.ts";

/** The contract's longest payload. */
export const PAYLOAD_BYTES_MAX = 8 * 1024;
/** Real clients' ids have about 20 characters. */
const CLIENT_ID_LENGTH_MAX = 128;
/** An agent, a tracker, some tools of the owner; a loop of logins must not fill the broker. */
const SESSIONS_PER_USER_MAX = 32;
/** An observer has one or a few. */
const FILTERS_PER_SESSION_MAX = 64;
/** A node retains its status and the alarm; the hub its status, the alarm and a verdict per node. */
const RETAINED_PER_NODE_MAX = 16;
const RETAINED_BY_HUB_MAX = 10_000;

/** What a connection may do from its login on. */
export interface Session {
  readonly user: string;
  /** The topic filters that it is subscribed to. */
  readonly filters: Set<string>;
}

/** What somebody wants to publish; a last will too. */
export interface Publication {
  readonly topic: string;
  readonly payloadBytes: number;
  readonly retain: boolean;
}

/** A login's outcome; `refusal` says why not, in words for the log. */
export type Login =
  | { readonly kind: "admitted"; readonly session: Session }
  | { readonly kind: "refused"; readonly refusal: string };

/** Each `refuse...` answers why not, in words for the log, or `undefined` when it is allowed. */
export class BrokerGuard {
  /** Made anew by each start, never on disk: the hub's own way into its own broker. */
  readonly localPassword = randomBytes(24).toString("base64url");
  readonly #credentials: Credentials;
  readonly #topicRoot: string;
  readonly #sessions = new Set<Session>();
  /** Topics with a retained message, by the user who set it. */
  readonly #retained = new Map<string, Set<string>>();

  constructor(credentials: Credentials, topicRoot: string) {
    this.#credentials = credentials;
    this.#topicRoot = topicRoot;
  }

  refuseClientId(clientId: string): string | undefined {
    if (clientId.length <= CLIENT_ID_LENGTH_MAX) return undefined;
    return `client id of ${clientId.length} characters, ${CLIENT_ID_LENGTH_MAX} are allowed`;
  }

  /** `isOwnMachine`: the connection comes from the machine that the broker runs on. */
  async login(user: string, password: string, isOwnMachine: boolean): Promise<Login> {
    const isRight = user === HUB_USER
      ? isOwnMachine && isSame(password, this.localPassword)
      : await this.#credentials.verify(user, password);
    const refusal = isRight ? this.#refuseAnother(user) : "wrong user name or password";
    if (refusal !== undefined) return { kind: "refused", refusal };
    const session = { user, filters: new Set<string>() };
    this.#sessions.add(session);
    return { kind: "admitted", session };
  }

  /** The session's connection is closed, or its credential has ended: it may do nothing more. */
  end(session: Session): void {
    this.#sessions.delete(session);
  }

  refusePublish(session: Session, publication: Publication): string | undefined {
    const { topic, payloadBytes, retain } = publication;
    if (!mayPublish(session.user, topic, this.#topicRoot)) {
      return `may not publish to ${quoted(topic)}`;
    }
    if (payloadBytes > PAYLOAD_BYTES_MAX) {
      return `may not publish ${payloadBytes} bytes, ${PAYLOAD_BYTES_MAX} are allowed`;
    }
    return retain ? this.#refuseRetained(session.user, topic, payloadBytes) : undefined;
  }

  refuseSubscribe({ user, filters }: Session, filter: string): string | undefined {
    if (!maySubscribe(user, filter, this.#topicRoot)) {
      return `may not subscribe to ${quoted(filter)}`;
    }
    if (filters.size < FILTERS_PER_SESSION_MAX || filters.has(filter)) return undefined;
    return `has ${filters.size} subscriptions, no more are allowed`;
  }

  #refuseAnother(user: string): string | undefined {
    const open = [...this.#sessions].filter((session) => session.user === user).length;
    if (user === HUB_USER || open < SESSIONS_PER_USER_MAX) return undefined;
    return `has ${open} connections, no more are allowed`;
  }

  #refuseRetained(user: string, topic: string, payloadBytes: number): string | undefined {
    const topics = this.#retained.get(user) ?? new Set();
    this.#retained.set(user, topics);
    if (payloadBytes === 0) {
      topics.delete(topic); // an empty retained message removes the one before: section 3.3.1.3
      return undefined;
    }
    const max = user === HUB_USER ? RETAINED_BY_HUB_MAX : RETAINED_PER_NODE_MAX;
    if (!topics.has(topic) && topics.size >= max) {
      return `has ${topics.size} retained messages, no more are allowed`;
    }
    topics.add(topic);
    return undefined;
  }
}

/** A stranger's text for one line of a log. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function isSame(found: string, expected: string): boolean {
  const [a, b] = [Buffer.from(found), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
