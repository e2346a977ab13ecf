/** Access control of the embedded broker by `core/protocol/access.ts`, with limits. */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { SessionBudget } from "../../core/limits/session_budget.ts";
import { HUB_USER, mayPublish, maySubscribe } from "../../core/protocol/access.ts";
import { Tally } from "../../core/structures/tally.ts";
import type { Credentials } from "../credentials/credentials.ts";
import { BrokerLogins, type LoginCheck } from "./broker_logins.ts";

/** The longest payload that the protocol allows. */
export const PAYLOAD_BYTES_MAX = 8 * 1024;
/** The ids of real clients have about 20 characters. */
const CLIENT_ID_LENGTH_MAX = 128;
/** An agent, a tracker and some tools of the owner. A login loop must not fill the broker. */
const SESSIONS_PER_USER_MAX = 32;
/**
 * Ended connections whose peer does not read: each keeps a file descriptor and kernel buffers. A
 * node on a bad mobile network may leave one behind with each new address.
 */
const STUCK_PER_USER_MAX = 64;
/** An observer has one or a few. */
const FILTERS_PER_SESSION_MAX = 64;
/**
 * A node retains its status and the alarm. The hub retains its status, the alarm and a verdict per
 * node.
 */
const RETAINED_PER_NODE_MAX = 16;
const RETAINED_BY_HUB_MAX = 10_000;

/** The rights of a connection after its login. */
export interface Session {
  readonly user: string;
  /** The topic filters to which it is subscribed. */
  readonly filters: Set<string>;
}

/** A publication request, including a last will. */
export interface Publication {
  readonly topic: string;
  readonly payloadBytes: number;
  readonly retain: boolean;
}

/** The origin of a connection. */
export interface Origin {
  /** An IPv4 address, or the network of an IPv6 address. */
  readonly address: string;
  /** The peer is on this machine too. */
  readonly isOwnMachine: boolean;
}

/**
 * Why a login is not admitted: a wrong user name or password, too many earlier failures of the same
 * origin, too many connections of the credential, or too many nodes.
 */
export type LoginRefusal = "wrong" | "unchecked" | "sessions" | "nodes";

export type Login =
  | { readonly kind: "admitted"; readonly session: Session }
  | { readonly kind: LoginRefusal };

export interface BrokerGuardOptions {
  readonly topicRoot: string;
  /** Users that are logged in at a time, beside the hub. */
  readonly nodesMax: number;
}

/**
 * Each `refuse...` method returns the reason for the log, or `undefined` when the request is
 * allowed.
 */
export class BrokerGuard {
  /** A new random password for each start, never on disk: the hub uses it for its own broker. */
  readonly localPassword = randomBytes(24).toString("base64url");
  readonly #credentials: Credentials;
  readonly #topicRoot: string;
  readonly #nodesMax: number;
  readonly #logins = new BrokerLogins();
  /** The number of connections of each user. */
  readonly #sessions = new Tally();
  /** The number of each user's ended connections that the system cannot close yet. */
  readonly #stuck = new Tally();
  readonly #budget = new SessionBudget();
  /** Topics with a retained message, by the user who set it. */
  readonly #retained = new Map<string, Set<string>>();
  #retainedCount = 0;

  constructor(credentials: Credentials, { topicRoot, nodesMax }: BrokerGuardOptions) {
    this.#credentials = credentials;
    this.#topicRoot = topicRoot;
    this.#nodesMax = nodesMax;
  }

  refuseClientId(clientId: string): string | undefined {
    if (clientId.length <= CLIENT_ID_LENGTH_MAX) return undefined;
    return `client id of ${clientId.length} characters, ${CLIENT_ID_LENGTH_MAX} are allowed`;
  }

  async login(user: string, password: string, origin: Origin): Promise<Login> {
    const check = await this.#check(user, password, origin);
    if (check !== "right") return { kind: check };
    if (!this.#hasRoomFor(user)) return { kind: "nodes" };
    if (!this.#mayOpenAnother(user)) return { kind: "sessions" };
    this.#sessions.add(user);
    return { kind: "admitted", session: { user, filters: new Set<string>() } };
  }

  /**
   * The session of a login has ended. Call this once per session. `stuck`: the system keeps the
   * connection's file until this resolves.
   */
  end({ user }: Session, stuck?: Promise<void>): void {
    this.#sessions.add(user, -1);
    if (stuck === undefined || user === HUB_USER) return;
    this.#stuck.add(user);
    stuck.finally(() => this.#stuck.add(user, -1));
  }

  /**
   * Returns whether a user with this name has a credential, so that the name may appear in the log.
   */
  isKnown(user: string): boolean {
    return this.#credentials.has(user);
  }

  /** The passwords of these users were renewed or revoked. */
  renewed(users: readonly string[]): void {
    for (const user of users) this.#logins.forgive(user);
  }

  /** Logins whose password check is still waiting are not admitted any more. */
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

  /** The number of retained messages of all users. */
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

  async #check(user: string, password: string, origin: Origin): Promise<LoginCheck> {
    const { address, isOwnMachine } = origin;
    if (user === HUB_USER && isOwnMachine && isSame(password, this.localPassword)) return "right";
    return await this.#logins.checkNode({ user, password, address }, this.#credentials);
  }

  #hasRoomFor(user: string): boolean {
    if (user === HUB_USER || this.#sessions.of(user) > 0) return true;
    const others = this.#sessions.size - (this.#sessions.of(HUB_USER) > 0 ? 1 : 0);
    return others < this.#nodesMax;
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
      if (topics.delete(topic)) this.#retainedCount--; // an empty retained message removes the previous one: section 3.3.1.3
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

/** Quotes foreign text for one line of the log. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function isSame(found: string, expected: string): boolean {
  const [a, b] = [Buffer.from(found), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
