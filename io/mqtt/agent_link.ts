/** An agent's connection to one broker: its birth at each connect, and its last will. */

import { type Broker, brokerName } from "../../core/config/brokers.ts";
import type { Config } from "../../core/config/settings.ts";
import { type BrokerFault, brokerFaultText } from "../../core/network/broker_fault.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { decodeMessage } from "../../core/protocol/wire_decoding.ts";
import { encodeLastWill } from "../../core/protocol/wire_encoding.ts";
import type { KnownAddress } from "../connection/known_address.ts";
import { getLog } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { ConnectionLog } from "./connection_log.ts";
import { LateWills } from "./late_wills.ts";
import { Link, type Received } from "./mqtt.ts";
import type { Publication } from "./mqtt_session.ts";
import { PassageCheck } from "./passage_check.ts";

export interface AgentLinkOptions {
  readonly mqtt: Broker;
  /** There are other brokers, so each line of the log names this one. */
  readonly isOneOfSeveral: boolean;
  readonly node: Config["node"];
  readonly clock: Clock;
  readonly session: string;
  readonly caCerts: readonly string[];
  readonly known: KnownAddress;
  /** Encodes the birth of this connection; `undefined` when the node is leaving. */
  readonly birth: () => Promise<string | undefined>;
  /** The hub asks this node to upgrade. Absent: the node takes no upgrades. */
  readonly onUpdate?: (payload: string) => void;
  /** The broker has the birth of this connection. */
  readonly onBorn: (link: AgentLink) => void;
}

const log = getLog("agent");

export class AgentLink implements AsyncDisposable {
  readonly #options: AgentLinkOptions;
  readonly #statusTopic: string;
  readonly #updateTopic: string;
  readonly #link: Link;
  readonly #passage: PassageCheck;
  readonly #lateWills: LateWills;
  /** Applies to the current connection: observers drop the vitals of a session without a birth. */
  #hasPublishedBirth = false;
  #isUp = false;
  #fault: BrokerFault | undefined;

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    const { mqtt, node, clock, session, onUpdate } = options;
    const topics = topicsOf(mqtt.topicRoot);
    this.#statusTopic = topics.status(node.id);
    this.#updateTopic = topics.update(node.id);
    const status = { topic: this.#statusTopic, qos: 1, retain: true } as const;
    const filters = [status.topic, ...(onUpdate === undefined ? [] : [this.#updateTopic])];
    this.#lateWills = new LateWills({ clock, publishBirth: () => this.#republishBirth() });
    const connectionLog = new ConnectionLog({ ...options, log });
    this.#passage = new PassageCheck({
      ...options,
      log,
      isListening: () => this.#link.isSubscribed,
    });
    this.#link = new Link({
      ...options,
      program: "agent",
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

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether observers know this session by this broker. */
  get hasPublishedBirth(): boolean {
    return this.#hasPublishedBirth;
  }

  /** `hub.local:1883`. */
  get broker(): string {
    return brokerName(this.#options.mqtt);
  }

  /** Why the last attempt to connect failed, or the last connection ended. */
  get fault(): string | undefined {
    return this.#fault && brokerFaultText(this.#fault);
  }

  /** Sends now or not at all; see `Link.publish`. */
  async publish(publication: Publication, withinMs?: number): Promise<boolean> {
    return await this.#link.publish(publication, withinMs);
  }

  #republishBirth(): void {
    if (this.#hasPublishedBirth) this.#tryBirth();
  }

  #tryBirth(): void {
    this.#publishBirth().catch((error) => log.error("birth failed", { reason: String(error) }));
  }

  async #publishBirth(): Promise<void> {
    const payload = await this.#options.birth();
    if (payload === undefined) return;
    void this.#link.publish({ topic: this.#statusTopic, payload, qos: 1, retain: true });
    this.#passage.sent();
    this.#hasPublishedBirth = true;
    this.#options.onBorn(this);
  }

  /**
   * Handles the broker's messages about this node: its own birth, the will of a previous run, and
   * what the hub asks. A retained request is an old one.
   */
  #take({ topic, payload, retained }: Received): void {
    if (payload === undefined || retained) return;
    const { mqtt: { topicRoot: root }, session, onUpdate } = this.#options;
    if (topic === this.#updateTopic) return onUpdate?.(payload);
    const decoded = decodeMessage(topic, payload, { root, retained });
    if (!decoded.ok || decoded.value.kind !== "evidence") return;
    const { message } = decoded.value;
    if (message.kind === "birth" && message.session === session) this.#passage.heard();
    if (message.kind === "last_will") this.#lateWills.heard();
  }
}
