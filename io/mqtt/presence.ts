/** Publishes an agent's birth, heartbeats, vitals and farewell, and registers its last will. */

import { agentLine } from "../../core/api/service_line.ts";
import { enrolmentAdvice } from "../../core/doctor/broker_advice.ts";
import type { Config } from "../../core/config/settings.ts";
import { type BrokerFault, brokerFaultText } from "../../core/network/broker_fault.ts";
import { bracketed } from "../../core/network/host.ts";
import type { StorageState } from "../../core/protocol/storage.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import type { Facts, FarewellReason } from "../../core/protocol/wire.ts";
import {
  encodeBirth,
  encodeFarewell,
  encodeHeartbeat,
  encodeLastWill,
  encodeVitals,
  type VitalsParts,
} from "../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../core/protocol/wire_decoding.ts";
import type { KnownAddress } from "../connection/known_address.ts";
import { TURN_MS_MAX } from "../drive.ts";
import { getLog } from "../log/log.ts";
import { type Clock, sleepUntil } from "../time/clock.ts";
import { ConnectionLog } from "./connection_log.ts";
import { LateWills } from "./late_wills.ts";
import { Link, type Received } from "./mqtt.ts";
import { PassageCheck } from "./passage_check.ts";

export interface PresenceOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** A fresh random text for each run. */
  readonly session: string;
  readonly caCerts: readonly string[];
  readonly known: KnownAddress;
  /** Reads facts about the machine. Called at each connection. */
  readonly readFacts: () => Promise<Facts>;
  /** The state of the machine's storage, if it is known. */
  readonly storage: () => StorageState | undefined;
  /** The hub asks this node to upgrade. Absent: the node takes no upgrades. */
  readonly onUpdate?: (payload: string) => void;
}

const log = getLog("agent");

/** One session of an agent. It stays connected until it is disposed. */
export class Presence implements AsyncDisposable {
  readonly #options: PresenceOptions;
  readonly #topics: ReturnType<typeof topicsOf>;
  readonly #link: Link;
  readonly #passage: PassageCheck;
  readonly #lateWills: LateWills;
  readonly #beganMs: number;
  #vitals: VitalsParts | undefined;
  /** Applies to the current connection: observers drop the vitals of a session without a birth. */
  #hasPublishedBirth = false;
  /** No birth may follow the farewell: observers would report the node dead later. */
  #isLeaving = false;
  #isUp = false;
  #fault: BrokerFault | undefined;
  #seq = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
    const { config: { mqtt, node }, clock, session, caCerts, known, onUpdate } = options;
    this.#topics = topicsOf(mqtt.topicRoot);
    this.#beganMs = clock.nowMs();
    const status = { topic: this.#topics.status(node.id), qos: 1, retain: true } as const;
    const update = onUpdate === undefined ? [] : [this.#topics.update(node.id)];
    const filters = [status.topic, ...update];
    this.#lateWills = new LateWills({ clock, publishBirth: () => this.#republishBirth() });
    const connectionLog = new ConnectionLog({ mqtt, node, clock, log });
    this.#passage = new PassageCheck({
      mqtt,
      node,
      clock,
      log,
      isListening: () => this.#link.isSubscribed,
    });
    this.#link = new Link({
      program: "agent",
      mqtt,
      clock,
      caCerts,
      known,
      // The node's own birth comes back if the broker passes on its messages.
      subscribe: { filters: () => filters, isOptional: true },
      onMessage: (message) => this.#take(message),
      will: { ...status, payload: encodeLastWill(session) },
      onUp: () => {
        this.#isUp = true;
        connectionLog.up(this.#link);
        this.#tryBirth();
      },
      onDown: (fault, wasUp) => {
        this.#isUp = false;
        this.#fault = fault;
        this.#hasPublishedBirth = false;
        connectionLog.down(fault, { wasUp, wasHeard: this.#passage.hasHeard });
        this.#passage.lost();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#passage[Symbol.dispose]();
    this.#lateWills[Symbol.dispose]();
    await this.#link[Symbol.asyncDispose]();
  }

  /** Whether the connection works, with or without a broker. */
  get isTurning(): boolean {
    return this.#link.isTurning;
  }

  /** How the connection is, in one line; what to do first for a Pi that was never configured. */
  get statusLine(): string {
    const todo = this.#isUp ? undefined : enrolmentAdvice(this.#options.config);
    if (todo !== undefined) return todo;
    const { host, port } = this.#options.config.mqtt;
    const fault = this.#fault && brokerFaultText(this.#fault);
    return agentLine({ broker: `${bracketed(host)}:${port}`, isConnected: this.#isUp, fault });
  }

  /**
   * Sends heartbeats until `stop` aborts. Each beat is timed from the first one, so delays do not
   * add up. Calls `onTurn` after each beat, and at least every `TURN_MS_MAX`.
   */
  async beat(stop: AbortSignal, onTurn: () => void): Promise<void> {
    const { clock, config: { node: { heartbeatMs } } } = this.#options;
    for (let nextMs = this.#beganMs; !stop.aborted;) {
      const nowMs = clock.nowMs();
      if (nowMs >= nextMs) {
        this.#publishHeartbeat();
        nextMs += heartbeatMs * Math.max(1, Math.ceil((nowMs - nextMs) / heartbeatMs));
      }
      onTurn();
      await sleepUntil(clock, Math.min(nextMs, nowMs + TURN_MS_MAX), stop);
    }
  }

  /** Publishes the vitals now, and again after each birth. */
  publishVitals(vitals: VitalsParts): void {
    this.#vitals = vitals;
    if (!this.#hasPublishedBirth) return;
    const { config: { node }, session } = this.#options;
    const payload = encodeVitals(session, vitals);
    this.#send({ topic: this.#topics.vitals(node.id), payload, qos: 0, retain: false });
  }

  /**
   * Announces that the node stops on purpose. Resolves when the broker has the message, or after
   * `withinMs`.
   */
  async publishFarewell(reason: FarewellReason, withinMs: number): Promise<void> {
    const { config: { node }, session } = this.#options;
    this.#isLeaving = true;
    const isSent = await this.#link.publish({
      topic: this.#topics.status(node.id),
      payload: encodeFarewell(session, reason),
      qos: 1,
      retain: true,
    }, withinMs);
    log.info(isSent ? "sent the farewell" : "could not send the farewell", { reason });
  }

  #republishBirth(): void {
    if (this.#hasPublishedBirth) this.#tryBirth();
  }

  #tryBirth(): void {
    this.#publishBirth().catch((error) => log.error("birth failed", { reason: String(error) }));
  }

  async #publishBirth(): Promise<void> {
    const { config: { mqtt, node }, session, readFacts } = this.#options;
    const facts = await readFacts();
    if (this.#isLeaving) return;
    const payload = encodeBirth({
      kind: "birth",
      session,
      name: node.name,
      everyMs: node.heartbeatMs,
      reconnectMs: mqtt.reconnectMs,
      facts,
    });
    this.#send({ topic: this.#topics.status(node.id), payload, qos: 1, retain: true });
    this.#passage.sent();
    this.#hasPublishedBirth = true;
    this.#publishHeartbeat();
    if (this.#vitals !== undefined) this.publishVitals(this.#vitals);
  }

  /**
   * Handles the broker's messages about this node: its own birth, the will of a previous run, and
   * what the hub asks. A retained request is an old one.
   */
  #take({ topic, payload, retained }: Received): void {
    if (payload === undefined || retained) return;
    const { config: { mqtt: { topicRoot: root }, node }, onUpdate } = this.#options;
    if (topic === this.#topics.update(node.id)) return onUpdate?.(payload);
    const decoded = decodeMessage(topic, payload, { root, retained });
    if (!decoded.ok || decoded.value.kind !== "evidence") return;
    const { message } = decoded.value;
    const isOwn = message.kind === "birth" && message.session === this.#options.session;
    if (isOwn) this.#passage.heard();
    if (message.kind === "last_will") this.#lateWills.heard();
  }

  #publishHeartbeat(): void {
    const { config: { node }, clock, session, storage } = this.#options;
    const state = storage();
    const payload = encodeHeartbeat({
      kind: "heartbeat",
      session,
      seq: this.#seq++,
      everyMs: node.heartbeatMs,
      upMs: Math.round(clock.nowMs() - this.#beganMs),
      ...(state === undefined ? {} : { storage: state }),
    });
    this.#send({ topic: this.#topics.heartbeat(node.id), payload, qos: 0, retain: false });
  }

  #send(publication: Parameters<Link["publish"]>[0]): void {
    this.#link.publish(publication).then((sent) => {
      if (!sent) log.debug("not sent", { topic: publication.topic });
    });
  }
}
