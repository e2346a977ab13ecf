/** Examines the broker with a program's own credential, and a client id of the doctor's. */

import type { Adviser } from "../../core/doctor/broker_advice.ts";
import type { BrokerReport } from "../../core/doctor/broker_report.ts";
import { BrokerSurvey } from "../../core/doctor/broker_survey.ts";
import type { BrokerFault } from "../../core/network/broker_fault.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { encodeEcho } from "../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../core/protocol/wire_decoding.ts";
import { readCaCerts, readOnlyCaCerts } from "../connection/ca_certs.ts";
import { LOOKUP_MS } from "../connection/name_lookup.ts";
import { Link, type Received } from "../mqtt/mqtt.ts";
import { sleepUntil, systemClock } from "../time/clock.ts";

/** From the TCP connection to the greeting. */
const GREETING_MS = 4000;
/** From the name lookup to the acknowledged subscription. */
const CONNECT_MS = LOOKUP_MS + 2 * GREETING_MS;
/** An observer without an echo for this long considers itself blind. */
const ECHO_MS = 2000;
/** Two heartbeats of an ordinary node. */
const LISTEN_MS = 2000;

export interface LookOptions {
  readonly stop: AbortSignal;
  /**
   * Also publishes to a topic of nobody, which a broker must refuse to a node. Brokers log that.
   */
  readonly triesForbidden?: boolean;
}

/** Ends within the sum of the times above, or when `stop` aborts. Never throws. */
export async function lookAtBroker(
  { mqtt, node: { id } }: Adviser,
  { stop, triesForbidden = false }: LookOptions,
): Promise<BrokerReport> {
  const observer = crypto.randomUUID();
  const look = new BrokerSurvey(mqtt.topicRoot);
  const connected = Promise.withResolvers<BrokerFault | undefined>();
  const [first, second] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const topics = topicsOf(mqtt.topicRoot);
  const forbidden = topics.ofNobody(id);
  const filters = [topics.all];
  let isForbiddenBack = false;
  let isLost = false;
  await using link = new Link({
    mqtt: { ...mqtt, reconnectMs: GREETING_MS },
    program: "doctor",
    clock: systemClock,
    // A hub also asks its providers, who need public authorities.
    caCerts: id === HUB_USER ? readCaCerts(mqtt) : readOnlyCaCerts(mqtt),
    subscribe: { filters: () => filters },
    onMessage(message) {
      if (message.topic === forbidden) isForbiddenBack ||= message.payload === observer;
      const seq = seqOfEcho(observer, mqtt.topicRoot, message);
      if (seq !== undefined) (seq === 1 ? first : second).resolve(systemClock.nowMs());
      else if (message.payload !== undefined) look.take({ ...message, payload: message.payload });
    },
    onUp: () => connected.resolve(undefined),
    onDown(fault, wasUp) {
      connected.resolve(fault);
      isLost ||= wasUp;
    },
  });
  const late = { code: "no_greeting", withinMs: CONNECT_MS } as const;
  const fault = await inTime(connected.promise, { ms: CONNECT_MS, otherwise: late, stop });
  if (fault !== undefined) return { kind: "failed", fault };
  const echoTopic = id === HUB_USER ? topics.hubEcho : topics.echo(id);
  const publish = (topic: string, payload: string) =>
    void link.publish({ topic, payload, qos: 0, retain: false });
  const sentMs = systemClock.nowMs();
  publish(echoTopic, encodeEcho(observer, 1));
  const backMs = await inTime(first.promise, { ms: ECHO_MS, otherwise: undefined, stop });
  await sleepUntil(systemClock, systemClock.nowMs() + LISTEN_MS, stop);
  // Some brokers disconnect a client that publishes under another node's name.
  const isForeign = mqtt.username !== undefined && mqtt.username !== id;
  if (isLost && (backMs !== undefined || !isForeign)) return { kind: "taken_over", look };
  if (backMs === undefined) return { kind: "deaf", look };
  const seen = { kind: "seen", echoMs: backMs - sentMs, look } as const;
  if (!triesForbidden) return seen;
  // Last, because some brokers disconnect a client for it. The messages of a connection arrive in
  // order, so the second echo comes after whatever the broker passed on before it.
  publish(forbidden, observer);
  publish(echoTopic, encodeEcho(observer, 2));
  await inTime(second.promise, { ms: ECHO_MS, otherwise: undefined, stop });
  return { ...seen, mayWriteAnywhere: isForbiddenBack };
}

/** The number of an echo of our own; `undefined` for any other message. */
function seqOfEcho(
  observer: string,
  root: string,
  { topic, payload, retained }: Received,
): number | undefined {
  if (payload === undefined) return undefined;
  const decoded = decodeMessage(topic, payload, { root, retained });
  if (!decoded.ok || decoded.value.kind !== "echo") return undefined;
  return decoded.value.observer === observer ? decoded.value.seq : undefined;
}

interface Patience<T> {
  readonly ms: number;
  /** The result when the time is over. */
  readonly otherwise: T;
  readonly stop: AbortSignal;
}

async function inTime<T>(promise: Promise<T>, { ms, otherwise, stop }: Patience<T>): Promise<T> {
  const over = new AbortController();
  const late = sleepUntil(
    systemClock,
    systemClock.nowMs() + ms,
    AbortSignal.any([stop, over.signal]),
  ).then(() => otherwise);
  try {
    return await Promise.race([promise, late]);
  } finally {
    over.abort();
  }
}
