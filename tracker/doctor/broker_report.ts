/** Examines the broker as this Pi's tracker sees it, with a client id of its own. */

import type { Config } from "../../core/config/settings.ts";
import { BrokerSurvey } from "../../core/doctor/broker_survey.ts";
import type { BrokerFault } from "../../core/network/broker_fault.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { encodeEcho } from "../../core/protocol/wire_encoding.ts";
import { decodeMessage } from "../../core/protocol/wire_decoding.ts";
import { readCaCerts } from "../../io/connection/ca_certs.ts";
import { LOOKUP_MS } from "../../io/connection/name_lookup.ts";
import { Link, type Received } from "../../io/mqtt/mqtt.ts";
import { sleepUntil, systemClock } from "../../io/time/clock.ts";

/** From the TCP connection to the greeting. */
const GREETING_MS = 4000;
/** From the name lookup to the acknowledged subscription. */
const CONNECT_MS = LOOKUP_MS + 2 * GREETING_MS;
/** An observer without an echo for this long considers itself blind. */
const ECHO_MS = 2000;
/** Two heartbeats of an ordinary node. */
const LISTEN_MS = 2000;

export type BrokerReport =
  | { readonly kind: "failed"; readonly fault: BrokerFault }
  /** The broker ended the connection while it was in use. */
  | { readonly kind: "taken_over"; readonly look: BrokerSurvey }
  /** Connected and subscribed, but our own message did not come back. */
  | { readonly kind: "deaf"; readonly look: BrokerSurvey }
  | { readonly kind: "seen"; readonly echoMs: number; readonly look: BrokerSurvey };

/** Ends within the sum of the times above, or when `stop` aborts. Never throws. */
export async function lookAtBroker(config: Config, stop: AbortSignal): Promise<BrokerReport> {
  const { mqtt, node: { id } } = config;
  const observer = crypto.randomUUID();
  const look = new BrokerSurvey(mqtt.topicRoot);
  const connected = Promise.withResolvers<BrokerFault | undefined>();
  const echoed = Promise.withResolvers<number>();
  const filters = [topicsOf(mqtt.topicRoot).all];
  let isLost = false;
  await using link = new Link({
    mqtt: { ...mqtt, reconnectMs: GREETING_MS },
    program: "doctor",
    clock: systemClock,
    caCerts: readCaCerts(mqtt.caFile),
    subscribe: { filters: () => filters },
    onMessage(message) {
      if (isEchoOf(observer, mqtt.topicRoot, message)) echoed.resolve(systemClock.nowMs());
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
  const sentMs = systemClock.nowMs();
  const topic = topicsOf(mqtt.topicRoot).echo(id);
  void link.publish({ topic, payload: encodeEcho(observer, 1), qos: 0, retain: false });
  const backMs = await inTime(echoed.promise, { ms: ECHO_MS, otherwise: undefined, stop });
  await sleepUntil(systemClock, systemClock.nowMs() + LISTEN_MS, stop);
  // Some brokers disconnect a client that publishes under another node's name.
  const isForeign = mqtt.username !== undefined && mqtt.username !== id;
  if (isLost && (backMs !== undefined || !isForeign)) return { kind: "taken_over", look };
  return backMs === undefined
    ? { kind: "deaf", look }
    : { kind: "seen", echoMs: backMs - sentMs, look };
}

function isEchoOf(observer: string, root: string, { topic, payload, retained }: Received): boolean {
  if (payload === undefined) return false;
  const decoded = decodeMessage(topic, payload, { root, retained });
  return decoded.ok && decoded.value.kind === "echo" && decoded.value.observer === observer;
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
