/** One node of a trace: its messages, and which of them reach the broker. */

import { Link, type Span } from "./link.ts";
import { RandomStream } from "./random_stream.ts";
import type { Rate, Scenario } from "./scenario.ts";
import { BIRTH, type Sent, speak } from "./sender.ts";
import { type Ladder, transmit } from "./tcp.ts";

/** Short pauses that every machine has. */
const HICCUPS = { perDay: 24, medianS: 0.2, sigma: 0.8, mostS: 10 };
/** A killed agent restarts after a second. */
const RESTART_S = { least: 1, spread: 0.2 };
/** The time from a connection to its birth at the broker, and to the earlier will of a takeover. */
const BIRTH_AFTER_S = 0.01;
const TAKEOVER_AFTER_S = 0.005;
const KILL_TO_WILL_S = 0.002;

/** A time without a broker. In every second case the broker first sends the wills of all nodes. */
export interface BrokerRestart {
  readonly downS: number;
  readonly upS: number;
  readonly sendsWills: boolean;
}

/** One node's messages at the broker, in order. Parallel arrays, as a day has 86 400 heartbeats. */
export interface Voice {
  readonly brokerS: Float64Array;
  readonly sentS: Float64Array;
  /** Sequence numbers, or BIRTH. */
  readonly seqs: Int32Array;
  /** The number of the agent's run. */
  readonly sessions: Int32Array;
  /** When each session began. */
  readonly beganS: readonly number[];
  readonly wills: readonly Will[];
}

/** A last will at the broker. */
export interface Will {
  readonly brokerS: number;
  readonly session: number;
}

export interface LifeOptions {
  readonly name: string;
  readonly scenario: Scenario;
  readonly everyS: number;
  readonly untilS: number;
  readonly ladder: Ladder;
  readonly restarts: readonly BrokerRestart[];
  /** When no message arrives, for a reason outside the node. */
  readonly outages: readonly Span[];
}

/** Simulates a node for the whole time, with the random streams of its name. */
export function liveNode(options: LifeOptions): Voice {
  const { name, scenario, untilS, ladder, restarts } = options;
  const random = new RandomStream(name);
  const outages = [...flapsOf(scenario.flaps, random, untilS), ...options.outages];
  const pauses = pausesOf(options);
  const kills = random.instants(scenario.killsPerDay ?? 0, untilS).map((fromS) => ({
    fromS,
    toS: fromS + RESTART_S.least + random.uniform(0, RESTART_S.spread),
  }));
  const link = Link.open(scenario.node, `${name}/link`, { outages, untilS });
  const sent = speak({ ...options, pauses, kills, phaseS: random.next() * options.everyS });
  const comingBack = new RandomStream(`${name}/back`);
  const tcp = transmit(sent.sentS, {
    link,
    random: new RandomStream(`${name}/tcp`),
    ladder,
    brokerCuts: restarts.map((restart) => ({
      downS: restart.downS,
      backS: backAfter(restart, comingBack),
    })),
  });
  const sessionAt = (atS: number) => sent.sessions[lastBefore(sent.sentS, atS)] ?? 0;
  const gaveUp = tcp.cuts.filter(({ cause }) => cause === "gave_up");
  const births = tcp.cuts.map(({ backS }) => ({
    brokerS: backS + BIRTH_AFTER_S,
    sentS: backS,
    session: sessionAt(backS),
  }));
  const wills = [
    ...kills.map(({ fromS }, index) => ({ brokerS: fromS + KILL_TO_WILL_S, session: index })),
    ...gaveUp.map(({ backS }) => ({
      brokerS: backS + TAKEOVER_AFTER_S,
      session: sessionAt(backS),
    })),
    ...restarts.filter(({ sendsWills }) => sendsWills)
      .map(({ downS }) => ({ brokerS: downS + 1e-3, session: sessionAt(downS) })),
  ].sort((one, other) => one.brokerS - other.brokerS);
  return { ...merge(sent, tcp.arrivedS, births), beganS: sent.beganS, wills };
}

/** When a client is connected again. It tries every second. */
export function backAfter({ downS, upS }: BrokerRestart, random: RandomStream): number {
  return downS + Math.ceil(upS - downS) + random.uniform(0.02, 0.3);
}

function flapsOf(flaps: Scenario["flaps"], random: RandomStream, untilS: number): readonly Span[] {
  if (flaps === undefined) return [];
  const outages: Span[] = [];
  for (let fromS of random.instants(flaps.perDay, untilS)) {
    for (let outage = 0; outage < flaps.outages; outage++) {
      const lastsS = random.uniform(flaps.fromS, flaps.toS);
      outages.push({ fromS, toS: fromS + lastsS });
      fromS += lastsS + random.uniform(5, 20);
    }
  }
  return outages;
}

function pausesOf({ name, scenario, untilS }: LifeOptions): readonly Span[] {
  const random = new RandomStream(`${name}/pause`);
  const hiccups = random.instants(HICCUPS.perDay, untilS).map((fromS) => ({
    fromS,
    toS: fromS + Math.min(HICCUPS.mostS, random.logNormal(HICCUPS.medianS, HICCUPS.sigma)),
  }));
  return [...hiccups, ...spansOf(scenario.pauses, random, untilS)]
    .sort((one, other) => one.fromS - other.fromS);
}

/** Random events of a rate. */
export function spansOf(
  rate: Rate | undefined,
  random: RandomStream,
  untilS: number,
): readonly Span[] {
  if (rate === undefined) return [];
  return random.instants(rate.perDay, untilS)
    .map((fromS) => ({ fromS, toS: fromS + random.uniform(rate.fromS, rate.toS) }));
}

/** The messages that arrived and the births of reconnections, in the order of the broker. */
function merge(
  sent: Sent,
  arrivedS: Float64Array,
  births: readonly { readonly brokerS: number; readonly sentS: number; readonly session: number }[],
): Pick<Voice, "brokerS" | "sentS" | "seqs" | "sessions"> {
  const length = arrivedS.reduce((count, atS) => Number.isNaN(atS) ? count : count + 1, 0) +
    births.length;
  const brokerS = new Float64Array(length);
  const sentS = new Float64Array(length);
  const seqs = new Int32Array(length);
  const sessions = new Int32Array(length);
  let nextBirth = 0;
  for (let place = 0, k = 0; place < length; place++) {
    while (Number.isNaN(arrivedS[k])) k++;
    const atS = arrivedS[k] ?? Infinity;
    const birth = births[nextBirth];
    if (birth !== undefined && birth.brokerS < atS) {
      nextBirth++;
      brokerS[place] = birth.brokerS;
      sentS[place] = birth.sentS;
      seqs[place] = BIRTH;
      sessions[place] = birth.session;
    } else {
      brokerS[place] = atS;
      sentS[place] = sent.sentS[k] ?? 0;
      seqs[place] = sent.seqs[k] ?? 0;
      sessions[place] = sent.sessions[k] ?? 0;
      k++;
    }
  }
  return { brokerS, sentS, seqs, sessions };
}

/** The last of the almost ascending instants that is not after `atS`. */
function lastBefore(instants: readonly number[], atS: number): number {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((instants[middle] ?? Infinity) <= atS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
