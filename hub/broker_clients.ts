/** The embedded broker's clients from CONNECT to the last will: who each one is, and what it may. */

import type { Duplex } from "node:stream";
import { HUB_USER } from "../core/access.ts";
import { type AedesDecisions, type Client, Dropped } from "./aedes.ts";
import { type BrokerGuard, quoted, type Session } from "./broker_guard.ts";
import { BrokerRefusals } from "./broker_refusals.ts";
import type { CredentialsEvent } from "./credentials.ts";
import { MQTT5_ADVICE, mqtt5Refusal } from "./mqtt5_refusal.ts";

/**
 * What may wait for a client that reads too slowly before it is dropped: more than the retained
 * messages of 5,000 nodes, or 15 s of their heartbeats.
 */
export const UNSENT_BYTES_MAX = 8 * 1024 * 1024;

/** Why the broker ends a connection. */
class Refusal extends Error {}

type Tell = (level: "info" | "warning", text: string) => void;

/** Answers what aedes asks; the answers are those of a `BrokerGuard`. */
export class BrokerClients implements AedesDecisions {
  readonly #guard: BrokerGuard;
  readonly #tell: Tell;
  readonly #refusals: BrokerRefusals;
  /** Streams whose other end is on this machine. */
  readonly #own = new WeakSet<Duplex>();
  /** Outlives the connection, since the last will is told after it. */
  readonly #sessions = new WeakMap<Client, Session>();
  readonly #connected = new Map<Session, Client>();
  readonly #logins = new Set<Promise<void>>();
  readonly #onConnect: (stream: Duplex) => void;
  #isMute = false;

  /** `onConnect`: a stream has brought a whole CONNECT packet. */
  constructor(guard: BrokerGuard, tell: Tell, onConnect: (stream: Duplex) => void) {
    this.#onConnect = onConnect;
    this.#guard = guard;
    this.#tell = tell;
    this.#refusals = new BrokerRefusals((text) => tell("warning", text));
  }

  /** Says of a stream, before it is handled, that its other end is on this machine. */
  own(stream: Duplex): void {
    this.#own.add(stream);
  }

  /** From now on nobody logs in or publishes anything, not even a last will. */
  mute(): void {
    this.#isMute = true;
  }

  /** Resolves when no password is being checked. */
  async loginsSettled(): Promise<void> {
    await Promise.all(this.#logins);
  }

  /** Ends the connections of those whose credential was renewed or revoked. */
  onCredentials(event: CredentialsEvent): void {
    if (event.kind === "unreadable") {
      this.#tell("warning", `the password file cannot be read: ${event.reason}`);
      return;
    }
    for (const [session, client] of [...this.#connected]) {
      // User `hub` logs in by the local password, whatever the file says.
      if (session.user === HUB_USER || !event.users.includes(session.user)) continue;
      this.#sessions.delete(client); // so that it tells no last will either
      client.conn.destroy(new Refusal("its credential has ended"));
    }
  }

  onUnsubscribe(client: Client, filters: readonly string[]): void {
    for (const filter of filters) this.#sessions.get(client)?.filters.delete(filter);
  }

  onError(client: Client, error: Error): void {
    const who = this.#sessions.get(client)?.user ?? "a client without login";
    this.#tell(error instanceof Refusal ? "warning" : "info", `${who}: ${error.message}`);
  }

  readonly preConnect: AedesDecisions["preConnect"] = (client, packet, done) => {
    this.#onConnect(client.conn);
    if (packet.protocolVersion === 5) {
      this.#refusals.note(quoted(packet.username ?? ""), MQTT5_ADVICE);
      // Not by an error, which would end the connection before the answer is out.
      client.conn.end(mqtt5Refusal(), () => {
        done(null, false);
        client.conn.destroy();
      });
      return;
    }
    const refusal = this.#guard.refuseClientId(packet.clientId);
    if (refusal !== undefined) return done(new Refusal(refusal), false);
    // MQTT-3.1.4-2: a client ends an earlier one of the same id. It shall be one of the same user.
    if (packet.clientId !== "") packet.clientId = `${packet.username ?? ""}/${packet.clientId}`;
    // No session outlives its connection: what would wait for an absent observer is stale anyway.
    packet.clean = true;
    done(null, true);
  };

  readonly authenticate: AedesDecisions["authenticate"] = (client, user, password, done) => {
    const login = this.#login(client, user ?? "", password?.toString() ?? "")
      .then((isAdmitted) => done(null, isAdmitted));
    this.#logins.add(login);
    login.finally(() => this.#logins.delete(login));
  };

  readonly authorizePublish: AedesDecisions["authorizePublish"] = (client, packet, done) => {
    const session = client === null ? undefined : this.#sessions.get(client);
    if (session === undefined || this.#isMute) return done(new Refusal("its login has ended"));
    const { topic, payload, retain } = packet;
    const publication = { topic, payloadBytes: payload.length, retain };
    const refusal = this.#guard.refusePublish(session, publication);
    if (refusal === undefined) return done(null);
    this.#refusals.note(session.user, refusal);
    done(new Dropped(refusal));
  };

  readonly authorizeSubscribe: AedesDecisions["authorizeSubscribe"] = (client, filter, done) => {
    // `null` is answered by 128: MQTT-3.9.3-2.
    done(null, this.#isGranted(client, filter.topic) ? filter : null);
  };

  /** Drops a client that does not read, rather than waiting for it or keeping all for it. */
  readonly authorizeForward: AedesDecisions["authorizeForward"] = (client, packet) => {
    const unsent = client.conn.writableLength;
    if (unsent <= UNSENT_BYTES_MAX) return packet;
    client.conn.destroy(new Refusal(`does not read: ${unsent} bytes wait to be sent`));
    return null;
  };

  async #login(client: Client, user: string, password: string): Promise<boolean> {
    const login = await this.#guard.login(user, password, this.#own.has(client.conn));
    if (login.kind === "refused") {
      this.#tell("warning", `login of ${quoted(user)} refused: ${login.refusal}`);
      return false;
    }
    const { session } = login;
    if (client.conn.destroyed || this.#isMute) {
      this.#guard.end(session);
      return false;
    }
    this.#sessions.set(client, session);
    this.#connected.set(session, client);
    client.conn.once("close", () => {
      this.#guard.end(session);
      this.#connected.delete(session);
    });
    return true;
  }

  #isGranted(client: Client, filter: string): boolean {
    const session = this.#sessions.get(client);
    if (session === undefined) return false;
    const refusal = this.#guard.refuseSubscribe(session, filter);
    if (refusal === undefined) session.filters.add(filter);
    else this.#refusals.note(session.user, refusal);
    return refusal === undefined;
  }
}
