/** The shell of an observer (tracker and hub): it feeds one subscription into one machine. */

import type { ClusterInput, LinkInput } from "../../core/detection/cluster_state.ts";
import type { Adviser } from "../../core/doctor/broker_advice.ts";
import type { BrokerPath } from "../../core/network/probe.ts";
import type { AlarmMessage, WireMessage } from "../../core/protocol/wire.ts";
import { encodeEcho } from "../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../core/protocol/wire_decoding.ts";
import type { Inbox } from "../drive.ts";
import { getLog } from "../log/log.ts";
import { ConnectionLog } from "./connection_log.ts";
import { Link, type LinkOptions, type Received } from "./mqtt.ts";
import { PassageCheck } from "./passage_check.ts";
import { RateGate } from "./rate_gate.ts";

/** The number of topics with bad messages that are named in the log. Others are only counted. */
const BAD_TOPICS_MAX = 100;

export interface ObservationOptions extends
  Adviser,
  Pick<
    LinkOptions,
    | "mqtt"
    | "program"
    | "clock"
    | "caCerts"
    | "known"
    | "will"
    | "reading"
    | "onFlood"
  > {
  /** Identifies our own echoes: a random text for each run. */
  readonly observer: string;
  readonly echoTopic: string;
  /** Topic filters. */
  readonly filters: readonly string[];
  readonly inbox: Pick<Inbox<ClusterInput>, "put">;
  readonly onUp?: (observation: Observation) => void;
  /** The place of the broker in the configuration. Default: 0. */
  readonly index?: number;
  /** There are other brokers, so each line of the log names this one. Default: false. */
  readonly isOneOfSeveral?: boolean;
  /**
   * Whether a message of a person was already heard by another broker. Default: there is no other.
   */
  readonly isCopy?: (message: Received) => boolean;
  /** Returns the kind of path that a live connection takes, from its two addresses. */
  readonly pathOf: (ends: Pick<Link, "remoteAddress" | "localAddress">) => BrokerPath;
  /** A topic beside those of the cluster. A broker may refuse it. */
  readonly also?: {
    readonly topic: string;
    /** `undefined`: the payload is too long, or no UTF-8. */
    readonly onPayload: (payload: string | undefined) => void;
  };
  /** Called when somebody silences the buzzers. Default: the message goes into the inbox. */
  readonly onAlarm?: (message: AlarmMessage) => void;
  /** A message could not be decoded. */
  readonly onDropped?: (topic: string) => void;
  /** Whether this node is known. A known node is heard even if a client invents many other ids. */
  readonly isWatched: (node: string) => boolean;
  /** A message of this node was dropped because the node publishes too much; see `RateGate`. */
  readonly onLeftOut: (from: string) => void;
}

const log = getLog("mqtt");

/**
 * A connected observer. It puts what it receives into the inbox, in the order of arrival for each
 * node.
 */
export class Observation implements AsyncDisposable {
  readonly link: Link;
  readonly #options: ObservationOptions;
  readonly #badTopics = new Set<string>();
  readonly #passage: PassageCheck;
  readonly #gate: RateGate;
  #filters: readonly string[];
  #onGranted: () => void = () => {};

  constructor(options: ObservationOptions) {
    this.#options = options;
    this.#filters = options.filters;
    const { also } = options;
    const connectionLog = new ConnectionLog({ ...options, log });
    this.#passage = new PassageCheck({ ...options, log, isListening: () => true });
    this.#gate = new RateGate({
      ...options,
      topicRoot: options.mqtt.topicRoot,
      ownTopic: options.echoTopic,
      onMessage: (message) => this.#take(message),
    });
    this.link = new Link({
      ...options,
      subscribe: { filters: () => this.#filters },
      ...(also === undefined ? {} : { subscribeAlso: also.topic }),
      onUp: () => {
        this.#granted();
        connectionLog.up(this.link);
        this.#put({ kind: "link", up: true, broker: options.pathOf(this.link) });
        options.onUp?.(this);
      },
      onDown: (fault, wasUp) => {
        connectionLog.down(fault, { wasUp, wasHeard: this.#passage.hasHeard });
        this.#passage.lost();
        if (wasUp) this.#put({ kind: "link", up: false });
      },
      onMessage: (message) => {
        if (message.topic === also?.topic) also.onPayload(message.payload);
        else this.#gate.take(message);
      },
    });
  }

  /** Identifies our own echoes. */
  get observer(): string {
    return this.#options.observer;
  }

  /**
   * Subscribes to these filters in place of the present ones. Calls back when the broker has granted
   * them, in this connection or the next.
   */
  async listen(filters: readonly string[], onGranted: () => void): Promise<void> {
    this.#filters = filters;
    this.#onGranted = onGranted;
    if (await this.link.listen() && this.#filters === filters) this.#granted();
  }

  #granted(): void {
    const onGranted = this.#onGranted;
    this.#onGranted = () => {};
    onGranted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#passage[Symbol.dispose]();
    this.#gate[Symbol.dispose]();
    await this.link[Symbol.asyncDispose]();
  }

  /**
   * Sends the request of the echo barrier. It is lost with the connection, which the machine
   * notices. `view` is the number of the hub's latest view, in the hub's echoes.
   */
  sendEcho(seq: number, view?: number): void {
    const { echoTopic: topic, observer } = this.#options;
    const payload = encodeEcho(observer, seq, view);
    void this.link.publish({ topic, payload, qos: 0, retain: false });
    this.#passage.sent();
  }

  #take(received: Received): void {
    const { onAlarm, isCopy } = this.#options;
    const { topic, payload, retained } = received;
    const message = this.#decode(topic, payload, retained);
    if (message === undefined || message.kind === "ignored") return;
    if (message.kind === "echo" && message.observer === this.observer) this.#passage.heard();
    const isOfAPerson = message.kind === "alarm" || message.kind === "alarm_test";
    if (isOfAPerson && isCopy?.(received)) return;
    if (message.kind === "alarm" && onAlarm) onAlarm(message);
    else this.#put(message);
  }

  #put(input: WireMessage | LinkInput): void {
    const { inbox, index: link = 0 } = this.#options;
    inbox.put(link === 0 ? input : { ...input, link });
  }

  #decode(topic: string, payload: string | undefined, retained: boolean): WireMessage | undefined {
    if (payload === undefined) return this.#drop(topic, "payload: expected short UTF-8 text");
    const root = this.#options.mqtt.topicRoot;
    const decoded = decodeMessage(topic, payload, { root, retained });
    return decoded.ok ? decoded.value : this.#drop(topic, decoded.reason);
  }

  /** Logs once for each topic, so that an unknown client cannot fill the journal. */
  #drop(topic: string, reason: string): undefined {
    this.#options.onDropped?.(topic);
    if (this.#badTopics.has(topic) || this.#badTopics.size >= BAD_TOPICS_MAX) return;
    this.#badTopics.add(topic);
    log.warning("dropped a message, and will drop others like it silently", { topic, reason });
  }
}
