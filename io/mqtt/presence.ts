/** Publishes an agent's birth, heartbeats, vitals and farewell, the same to each of its brokers. */

import { agentLine } from "../../core/api/service_line.ts";
import { brokersOf } from "../../core/config/brokers.ts";
import type { Config } from "../../core/config/settings.ts";
import { enrolmentAdvice } from "../../core/doctor/broker_advice.ts";
import { Copies } from "../../core/protocol/copies.ts";
import type { StorageState } from "../../core/protocol/storage.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import type { Facts, FarewellReason } from "../../core/protocol/wire.ts";
import {
  encodeBirth,
  encodeFarewell,
  encodeHeartbeat,
  encodeVitals,
  type VitalsParts,
} from "../../core/protocol/wire_encoding.ts";
import type { KnownAddress } from "../connection/known_address.ts";
import { TURN_MS_MAX } from "../drive.ts";
import { getLog } from "../log/log.ts";
import { type Clock, sleepUntil } from "../time/clock.ts";
import { AgentLink } from "./agent_link.ts";
import type { Publication } from "./mqtt_session.ts";

export interface PresenceOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** A fresh random text for each run. */
  readonly session: string;
  readonly caCerts: readonly string[];
  /** The last good address of the broker with this place in the configuration. */
  readonly known: (index: number) => KnownAddress;
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
  /** In the order of the configuration. */
  readonly #links: readonly AgentLink[];
  readonly #copies = new Copies();
  readonly #beganMs: number;
  #vitals: VitalsParts | undefined;
  /** No birth may follow the farewell: observers would report the node dead later. */
  #isLeaving = false;
  #seq = 0;

  constructor(options: PresenceOptions) {
    this.#options = options;
    const { config: { mqtt, node }, clock, session, caCerts, known, onUpdate } = options;
    this.#topics = topicsOf(mqtt.topicRoot);
    this.#beganMs = clock.nowMs();
    const brokers = brokersOf(mqtt);
    this.#links = brokers.map((broker, index) =>
      new AgentLink({
        mqtt: broker,
        isOneOfSeveral: brokers.length > 1,
        node,
        clock,
        session,
        caCerts,
        known: known(index),
        birth: () => this.#birth(),
        ...(onUpdate === undefined
          ? {}
          : { onUpdate: (payload) => this.#takeUpdate(payload, index) }),
        onBorn: (link) => this.#begin(link),
      })
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#links.map((link) => link[Symbol.asyncDispose]()));
  }

  /** Whether each connection works, with or without a broker. */
  get isTurning(): boolean {
    return this.#links.every((link) => link.isTurning);
  }

  /** How the connections are, in one line; what to do first for a Pi that was never configured. */
  get statusLine(): string {
    const { config: { mqtt, node } } = this.#options;
    const isUp = this.#links.some((link) => link.isUp);
    const todo = isUp ? undefined : enrolmentAdvice({ mqtt, node });
    if (todo !== undefined) return todo;
    return agentLine(
      this.#links.map(({ broker, isUp: isConnected, fault }) => ({ broker, isConnected, fault })),
    );
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
    this.#sendVitals(this.#links.filter((link) => link.hasPublishedBirth));
  }

  /**
   * Announces that the node stops on purpose. Resolves when each broker that it is connected to has
   * the message, or after `withinMs`.
   */
  async publishFarewell(reason: FarewellReason, withinMs: number): Promise<void> {
    const { config: { node }, session } = this.#options;
    this.#isLeaving = true;
    const farewell = {
      topic: this.#topics.status(node.id),
      payload: encodeFarewell(session, reason),
      qos: 1,
      retain: true,
    } as const;
    const sent = await Promise.all(this.#links.map((link) => link.publish(farewell, withinMs)));
    const isSent = sent.includes(true);
    log.info(isSent ? "sent the farewell" : "could not send the farewell", { reason });
  }

  /** The hub asks by each broker. */
  #takeUpdate(payload: string, index: number): void {
    const { clock, config: { node }, onUpdate } = this.#options;
    const topic = this.#topics.update(node.id);
    const isCopy = this.#copies.isCopy(topic, payload, { index, nowMs: clock.nowMs() });
    if (!isCopy) onUpdate?.(payload);
  }

  async #birth(): Promise<string | undefined> {
    const { config: { mqtt, node }, session, readFacts } = this.#options;
    const facts = await readFacts();
    if (this.#isLeaving) return undefined;
    return encodeBirth({
      kind: "birth",
      session,
      name: node.name,
      everyMs: node.heartbeatMs,
      reconnectMs: mqtt.reconnectMs,
      facts,
    });
  }

  /** Observers know this session by this broker from now on. */
  #begin(link: AgentLink): void {
    this.#publishHeartbeat();
    this.#sendVitals([link]);
  }

  #sendVitals(links: readonly AgentLink[]): void {
    if (this.#vitals === undefined) return;
    const { config: { node }, session } = this.#options;
    const payload = encodeVitals(session, this.#vitals);
    this.#send({ topic: this.#topics.vitals(node.id), payload, qos: 0, retain: false }, links);
  }

  /** Each broker gets the same heartbeat, so that an observer of several counts it once. */
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

  #send(publication: Publication, links = this.#links): void {
    for (const link of links) {
      link.publish(publication).then((sent) => {
        if (!sent) log.debug("not sent", { topic: publication.topic, broker: link.broker });
      });
    }
  }
}
