/** What the embedded broker lets whom do: access by `core/protocol/access.ts`, and the limits. */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { SessionBudget } from "../../core/limits/session_budget.ts";
import { HUB_USER, mayPublish, maySubscribe } from "../../core/protocol/access.ts";
import { Tally } from "../../core/structures/tally.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { BrokerLogins, type LoginCheck } from "./broker_logins.ts";

/** The contract's longest payload. */
export const PAYLOAD_BYTES_MAX = 8 * 1024;
/** Real clients' ids have about 20 characters. */
const CLIENT_ID_LENGTH_MAX = 128;
/** An agent, a tracker, some tools of the owner; a loop of logins must not fill the broker. */
const SESSIONS_PER_USER_MAX = 32;
/**
 * Connections that were ended while their other end took nothing: each keeps its file, and what the
 * system holds for it. A node on a bad mobile network may leave one behind with each new address.
 */
const STUCK_PER_USER_MAX = 64;
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

/** Where a connection comes from. */
export interface Origin {
  /** An IPv4 address, or the network of an IPv6 one. */
  readonly address: string;
  /** The other end is on this machine too. */
  readonly isOwnMachine: boolean;
}

/**
 * A login's outcome: admitted, the wrong user name or password, too many failures of the same origin
 * before it, or too many connections of the credential.
 */
export type Login =
  | { readonly kind: "admitted"; readonly session: Session }
  | { readonly kind: "wrong" | "unchecked" | "sessions" };

/** Each `refuse...` answers why not, in words for the log, or `undefined` when it is allowed. */
export class BrokerGuard {
  /** Made anew by each start, never on disk: the hub's own way into its own broker. */
  readonly localPassword = randomBytes(24).toString("base64url");
  readonly #credentials: Credentials;
  readonly #topicRoot: string;
  readonly #logins = new BrokerLogins();
  /** How many connections each user has. */
  readonly #sessions = new Tally();
  /** How many ended connections of each user the system cannot close yet. */
  readonly #stuck = new Tally();
  readonly #budget = new SessionBudget();
  /** Topics with a retained message, by the user who set it. */
  readonly #retained = new Map<string, Set<string>>();
  #retainedCount = 0;

  constructor(credentials: Credentials, topicRoot: string) {
    this.#credentials = credentials;
    this.#topicRoot = topicRoot;
  }

  refuseClientId(clientId: string): string | undefined {
    if (clientId.length <= CLIENT_ID_LENGTH_MAX) return undefined;
    return `client id of ${clientId.length} characters, ${CLIENT_ID_LENGTH_MAX} are allowed`;
  }

  async login(user: string, password: string, origin: Origin): Promise<Login> {
    const check = await this.#check(user, password, origin);
    if (check !== "right") return { kind: check };
    if (!this.#mayOpenAnother(user)) return { kind: "sessions" };
    this.#sessions.add(user);
    return { kind: "admitted", session: { user, filters: new Set<string>() } };
  }

  /** The session of a login is over. Once for each. `stuck`: until then the system keeps its file. */
  end({ user }: Session, stuck?: Promise<void>): void {
    this.#sessions.add(user, -1);
    if (stuck === undefined || user === HUB_USER) return;
    this.#stuck.add(user);
    stuck.finally(() => this.#stuck.add(user, -1));
  }

  /** Whether the name is that of somebody with a credential, and so may stand in a log. */
  isKnown(user: string): boolean {
    return this.#credentials.has(user);
  }

  /** Their passwords were renewed or revoked. */
  renewed(users: readonly string[]): void {
    for (const user of users) this.#logins.forgive(user);
  }

  /** Whose password waits to be checked is not admitted any more. */
  close(): void {
    this.#logins[Symbol.dispose]();
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

  /** Messages that are retained, of all users. */
  get retainedCount(): number {
    return this.#retainedCount;
  }

  refuseSubscribe({ user, filters }: Session, filter: string): string | undefined {
    if (!maySubscribe(user, filter, this.#topicRoot)) {
      return `may not subscribe to ${quoted(filter)}`;
    }
    if (filters.size < FILTERS_PER_SESSION_MAX || filters.has(filter)) return undefined;
    return `has ${filters.size} subscriptions, no more are allowed`;
  }

  /** A password that is known at once, as that of a node that comes back, waits for nobody's hash. */
  async #check(user: string, password: string, origin: Origin): Promise<LoginCheck> {
    const { address, isOwnMachine } = origin;
    if (user === HUB_USER) {
      if (isOwnMachine && isSame(password, this.localPassword)) return "right";
      return await this.#logins.check({ address, user: undefined }, () => Promise.resolve(false));
    }
    if (this.#credentials.recognises(user, password)) return "right";
    return await this.#logins.check(
      { address, user: this.isKnown(user) ? user : undefined },
      () => this.#credentials.verify(user, password),
    );
  }

  #mayOpenAnother(user: string): boolean {
    if (user === HUB_USER) return true;
    return this.#sessions.of(user) < SESSIONS_PER_USER_MAX &&
      this.#stuck.of(user) < STUCK_PER_USER_MAX &&
      this.#budget.take(user, performance.now());
  }

  #refuseRetained(user: string, topic: string, payloadBytes: number): string | undefined {
    const topics = this.#retained.get(user) ?? new Set();
    this.#retained.set(user, topics);
    if (payloadBytes === 0) {
      if (topics.delete(topic)) this.#retainedCount--; // an empty retained message removes the one before: section 3.3.1.3
      return undefined;
    }
    const max = user === HUB_USER ? RETAINED_BY_HUB_MAX : RETAINED_PER_NODE_MAX;
    if (!topics.has(topic) && topics.size >= max) {
      return `has ${topics.size} retained messages, no more are allowed`;
    }
    if (!topics.has(topic)) this.#retainedCount++;
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
