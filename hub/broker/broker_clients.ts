/** The embedded broker's clients from CONNECT to the last will: their identity and their rights. */

import type { Duplex } from "node:stream";
import { HUB_USER } from "../../core/protocol/access.ts";
import type { CredentialsEvent } from "../credentials/credentials.ts";
import { type AedesDecisions, type Client, Dropped, isLoginAnswer, Unavailable } from "./aedes.ts";
import type { BrokerGuard, LoginRefusal, Origin, Session } from "./broker_guard.ts";
import type { BrokerLoad } from "./broker_load.ts";
import type { BrokerLines, ClientLine } from "./broker_log.ts";
import type { BrokerRefusals } from "./broker_refusals.ts";
import { BrokerStream } from "./broker_stream.ts";
import { mqtt5Refusal } from "./mqtt5_refusal.ts";

/** Why the broker ends a connection. */
class Refusal extends Error {
  readonly line: ClientLine;

  constructor(line: ClientLine, text: string) {
    super(text);
    this.line = line;
  }
}

export interface BrokerClientsOptions {
  readonly guard: BrokerGuard;
  readonly load: BrokerLoad;
  readonly lines: BrokerLines;
  readonly refusals: BrokerRefusals;
  /** A complete CONNECT packet has arrived. */
  readonly onConnect: (stream: Duplex) => void;
}

/** Makes the decisions that aedes requests, based on a `BrokerGuard`. */
export class BrokerClients implements AedesDecisions {
  readonly #guard: BrokerGuard;
  readonly #load: BrokerLoad;
  readonly #lines: BrokerLines;
  readonly #refusals: BrokerRefusals;
  readonly #origins = new WeakMap<Duplex, Origin>();
  /** Kept longer than the connection, because the last will is published after it. */
  readonly #sessions = new WeakMap<Client, Session>();
  /** Clients whose credential has ended; this was already logged. */
  readonly #ended = new WeakSet<Client>();
  readonly #connected = new Map<Session, Client>();
  readonly #logins = new Set<Promise<void>>();
  readonly #onConnect: (stream: Duplex) => void;
  #isMute = false;

  constructor({ guard, load, lines, refusals, onConnect }: BrokerClientsOptions) {
    this.#guard = guard;
    this.#load = load;
    this.#lines = lines;
    this.#refusals = refusals;
    this.#onConnect = onConnect;
  }

  /** Records the origin of a stream. Call this before aedes handles the stream. */
  noteOrigin(stream: Duplex, origin: Origin): void {
    this.#origins.set(stream, origin);
  }

  /** From now on nobody can log in or publish, not even a last will. */
  mute(): void {
    this.#isMute = true;
    this.#guard.close();
  }

  /** Resolves when no password check is running. */
  async loginsFinished(): Promise<void> {
    await Promise.all(this.#logins);
  }

  /** Ends the connections of users whose credential was renewed or revoked. */
  onCredentials(event: CredentialsEvent): void {
    if (event.kind === "unreadable") {
      const text = `the password file cannot be read: ${event.reason}`;
      this.#lines.write("warning", "password file", text);
      return;
    }
    this.#guard.renewed(event.users);
    for (const [session, client] of [...this.#connected]) {
      // User `hub` always logs in with the local password, even if the file names it.
      if (session.user === HUB_USER || !event.users.includes(session.user)) continue;
      this.#lines.writeOf(
        "warning",
        session.user,
        "credential_ended",
        `${session.user}: its credential has ended`,
      );
      this.#sessions.delete(client); // also suppresses its last will
      this.#ended.add(client);
      client.conn.destroy();
    }
  }

  onUnsubscribe(client: Client, filters: readonly string[]): void {
    for (const filter of filters) this.#sessions.get(client)?.filters.delete(filter);
  }

  /** A client that has not logged in is logged only by its address, with a count. */
  onError(client: Client, error: Error): void {
    const user = this.#sessions.get(client)?.user;
    if (user !== undefined) {
      const [level, line] = error instanceof Refusal
        ? ["warning", error.line] as const
        : ["info", "connection"] as const;
      this.#lines.writeOf(level, user, line, `${user}: ${error.message}`);
    } else if (!this.#ended.has(client) && !isLoginAnswer(error) && !isLoss(error)) {
      this.#refusals.protocol(this.#originOf(client).address);
    }
  }

  readonly preConnect: AedesDecisions["preConnect"] = (client, packet, done) => {
    this.#onConnect(client.conn);
    if (packet.protocolVersion === 5) {
      this.#refusals.mqtt5(this.#originOf(client).address, packet.username ?? "");
      // An error would end the connection before the answer is sent.
      client.conn.end(mqtt5Refusal(), () => {
        done(null, false);
        client.conn.destroy();
      });
      return;
    }
    const refusal = this.#guard.refuseClientId(packet.clientId);
    if (refusal !== undefined) return done(new Error(refusal), false);
    // MQTT-3.1.4-2: a client ends an earlier one with the same id. The prefix limits this to
    // clients of the same user.
    if (packet.clientId !== "") packet.clientId = `${packet.username ?? ""}/${packet.clientId}`;
    // No session outlives its connection, because queued messages for an absent observer would be
    // stale.
    packet.clean = true;
    done(null, true);
  };

  readonly authenticate: AedesDecisions["authenticate"] = (client, user, password, done) => {
    const login = this.#login(client, user ?? "", password?.toString() ?? "")
      .then((isAdmitted) => done(null, isAdmitted), (error) => done(error, false));
    this.#logins.add(login);
    login.finally(() => this.#logins.delete(login));
  };

  readonly authorizePublish: AedesDecisions["authorizePublish"] = (client, packet, done) => {
    const session = client === null ? undefined : this.#sessions.get(client);
    if (session === undefined || this.#isMute) return done(new Error("its login has ended"));
    const { topic, payload, retain } = packet;
    const publication = { topic, payloadBytes: payload.length, retain };
    const refusal = this.#guard.refusePublish(session, publication);
    if (refusal === undefined) return done(null);
    this.#refusals.forbidden(session.user, "forbidden_publish", refusal);
    done(new Dropped(refusal));
  };

  readonly authorizeSubscribe: AedesDecisions["authorizeSubscribe"] = (client, filter, done) => {
    // `null` sends return code 128: MQTT-3.9.3-2.
    done(null, this.#isGranted(client, filter.topic) ? filter : null);
  };

  /**
   * Ends a connection that does not read, because the broker neither waits for it nor queues
   * without limit.
   */
  readonly authorizeForward: AedesDecisions["authorizeForward"] = (client, packet) => {
    const session = this.#sessions.get(client);
    const { conn } = client;
    if (session === undefined || !(conn instanceof BrokerStream)) return null;
    const slow = this.#load.overfull(session, conn);
    slow?.destroy(
      new Refusal("does_not_read", `does not read: ${slow.unsentBytes} bytes wait to be sent`),
    );
    if (conn.destroyed) return null;
    conn.intake.delivers(packet.qos);
    return packet;
  };

  #originOf(client: Client): Origin {
    const origin = this.#origins.get(client.conn);
    if (origin === undefined) throw new Error("a stream was handled before it had arrived");
    return origin;
  }

  /**
   * Returns whether the client is admitted. Throws `Unavailable` when it should try again later.
   */
  async #login(client: Client, user: string, password: string): Promise<boolean> {
    const origin = this.#originOf(client);
    const login = await this.#guard.login(user, password, origin);
    if (login.kind !== "admitted") return this.#refuseLogin(origin.address, user, login.kind);
    const { session } = login;
    if (client.conn.destroyed || this.#isMute) {
      this.#guard.end(session);
      return false;
    }
    this.#sessions.set(client, session);
    this.#connected.set(session, client);
    this.#load.begin(session, client.conn);
    client.conn.once("close", () => {
      this.#guard.end(
        session,
        client.conn instanceof BrokerStream ? client.conn.sending : undefined,
      );
      this.#load.end(session);
      this.#connected.delete(session);
    });
    return true;
  }

  #isGranted(client: Client, filter: string): boolean {
    const session = this.#sessions.get(client);
    if (session === undefined) return false;
    this.#load.subscribes(session, filter, this.#guard.retainedCount);
    const refusal = this.#guard.refuseSubscribe(session, filter) ??
      this.#load.refuseFilter(session, filter);
    if (refusal === undefined) session.filters.add(filter);
    else this.#refusals.forbidden(session.user, "forbidden_subscribe", refusal);
    return refusal === undefined;
  }

  #refuseLogin(address: string, user: string, why: LoginRefusal): false {
    if (this.#isMute) throw new Unavailable();
    if (why === "wrong") {
      this.#refusals.wrongLogin(address, user);
      return false;
    }
    if (why === "sessions") this.#refusals.tooManySessions(user);
    else if (why === "nodes") this.#refusals.tooManyNodes(user);
    else this.#refusals.uncheckedLogin(address);
    throw new Unavailable();
  }
}

/** Returns whether the client hung up or the network failed: the broker refused nothing. */
function isLoss(error: Error): boolean {
  const losses = [
    Deno.errors.ConnectionReset,
    Deno.errors.BrokenPipe,
    Deno.errors.TimedOut,
    Deno.errors.UnexpectedEof,
  ];
  return losses.some((loss) => error instanceof loss);
}
