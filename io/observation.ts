/** The shell of an observer, tracker and hub alike: one subscription into one machine. */

import type { ClusterInput } from "../core/cluster.ts";
import { type AlarmMessage, encodeEcho, type WireMessage } from "../core/wire.ts";
import { decodeMessage } from "../core/wire_decoding.ts";
import type { Inbox } from "./drive.ts";
import { getLog } from "./log.ts";
import { Link, type LinkOptions } from "./mqtt.ts";

/** Topics whose bad messages are named in the log; further ones are only counted. */
const BAD_TOPICS_MAX = 100;

export interface ObservationOptions
  extends Pick<LinkOptions, "mqtt" | "clientId" | "clock" | "caCerts" | "will" | "readEveryMs"> {
  /** Whose echoes are ours: a random text for each run. */
  readonly observer: string;
  readonly echoTopic: string;
  readonly subscribe: string;
  readonly inbox: Pick<Inbox<ClusterInput>, "put">;
  readonly onUp?: () => void;
  /** Somebody silenced buzzers; into the inbox, too, where left out. */
  readonly onAlarm?: (message: AlarmMessage) => void;
  /** A message that could not be read. */
  readonly onDropped?: (topic: string) => void;
}

const log = getLog("mqtt");

/** A connected observer: what it hears goes into the inbox, in the order of arrival. */
export class Observation implements AsyncDisposable {
  readonly link: Link;
  readonly #options: ObservationOptions;
  readonly #badTopics = new Set<string>();

  constructor(options: ObservationOptions) {
    this.#options = options;
    const { mqtt, inbox } = options;
    this.link = new Link({
      ...options,
      onUp: () => {
        log.info("connected", { broker: `${mqtt.host}:${mqtt.port}` });
        inbox.put({ kind: "link", up: true });
        options.onUp?.();
      },
      onDown: (reason, wasUp) => {
        log.warning(wasUp ? "disconnected" : "cannot connect", { reason });
        if (wasUp) inbox.put({ kind: "link", up: false });
      },
      onMessage: ({ topic, payload, retained }) => {
        const message = this.#decode(topic, payload, retained);
        if (message === undefined || message.kind === "ignored") return;
        if (message.kind === "alarm" && options.onAlarm) options.onAlarm(message);
        else inbox.put(message);
      },
    });
  }

  /** Whose echoes are ours. */
  get observer(): string {
    return this.#options.observer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.link[Symbol.asyncDispose]();
  }

  /** The fence's question to the broker. Lost with the connection, which the machine notices. */
  sendEcho(seq: number): void {
    const { echoTopic: topic, observer } = this.#options;
    const payload = encodeEcho(observer, seq);
    void this.link.publish({ topic, payload, qos: 0, retain: false });
  }

  #decode(topic: string, payload: string | undefined, retained: boolean): WireMessage | undefined {
    if (payload === undefined) return this.#drop(topic, "payload: expected short UTF-8 text");
    const root = this.#options.mqtt.topicRoot;
    const decoded = decodeMessage(topic, payload, { root, retained });
    return decoded.ok ? decoded.value : this.#drop(topic, decoded.reason);
  }

  /** Logged once for each topic: a stranger must not fill the journal. */
  #drop(topic: string, reason: string): undefined {
    this.#options.onDropped?.(topic);
    if (this.#badTopics.has(topic) || this.#badTopics.size >= BAD_TOPICS_MAX) return;
    this.#badTopics.add(topic);
    log.warning("dropped a message, and will drop others like it silently", { topic, reason });
  }
}
