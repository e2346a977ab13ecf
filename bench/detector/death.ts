/** Nodes that lose their power in the middle of a trace, and are back a minute later. */

import type { Span } from "./link.ts";
import type { Voice } from "./node_life.ts";
import { type Death, OFF_S } from "./power_cut.ts";
import { RandomStream } from "./random_stream.ts";
import { BIRTH } from "./sender.ts";
import { DAY_S, NODES, type Trace, withVoices } from "./trace.ts";

/** A segment that is in flight for longer is being retransmitted, and is lost with its node. */
export const RETRANSMITTED_S = 0.2;
/** Deaths per node and day. Each is at a random instant in its own part of the day. */
const PER_NODE = 100;
const FIRST_S = 600;
const DEATHS_IN_A_STALL = 5;
/** The minimum time between two deaths of one node. */
const APART_S = 2 * OFF_S;

/** 2000 deaths a day at random instants; ordered by node. */
export function randomDeaths(seed: number): readonly Death[] {
  const random = new RandomStream(`deaths/${seed}`);
  const partS = (DAY_S - FIRST_S - APART_S) / PER_NODE;
  return Array.from({ length: NODES }, (_, node) =>
    Array.from({ length: PER_NODE }, (_, part) => ({
      node,
      atS: FIRST_S + part * partS + random.uniform(0, partS - APART_S),
    }))).flat();
}

/** Some nodes die at random instants of each stall; ordered by node. */
export function deathsInStalls(stalls: readonly Span[], seed: number): readonly Death[] {
  const random = new RandomStream(`deaths in stalls/${seed}`);
  const deaths: Death[] = [];
  let lastS = 0;
  for (const [index, { fromS, toS }] of stalls.entries()) {
    if (fromS - lastS < APART_S || toS > DAY_S - APART_S) continue;
    lastS = toS;
    for (let count = 0; count < DEATHS_IN_A_STALL; count++) {
      const node = (index * DEATHS_IN_A_STALL + count) % NODES;
      deaths.push({ node, atS: random.uniform(fromS, toS) });
    }
  }
  return deaths.sort((one, other) => one.node - other.node);
}

/** The same day with these deaths in it. */
export function withDeaths(trace: Trace, deaths: readonly Death[]): Trace {
  const perNode = trace.voices.map((voice, node) =>
    endVoice(
      voice,
      deaths.filter((death) => death.node === node).map(({ atS }) => atS).sort((a, b) => a - b),
    )
  );
  return withVoices(
    { ...trace, deaths },
    perNode.map(({ voice }) => voice),
    perNode.map(({ origins }) => origins),
  );
}

/**
 * Removes the messages that deaths prevent. The first message after a power cut becomes the birth of a
 * new session.
 */
function endVoice(
  voice: Voice,
  deaths: readonly number[],
): { readonly voice: Voice; readonly origins: Int32Array } {
  const kept: number[] = [];
  const seqs: number[] = [];
  const sessions: number[] = [];
  const beganS: number[] = [];
  let reborn = 0;
  for (let place = 0; place < voice.sentS.length; place++) {
    const sentS = voice.sentS[place] ?? 0;
    const boots = countEnded(deaths, sentS);
    if (isUnheard(deaths[boots], sentS, voice.brokerS[place] ?? 0)) continue;
    const before = voice.sessions[place] ?? 0;
    const isBirth = boots > reborn;
    reborn = Math.max(reborn, boots);
    kept.push(place);
    seqs.push(isBirth ? BIRTH : voice.seqs[place] ?? 0);
    sessions.push(before + boots);
    beganS[before + boots] ??= isBirth ? sentS : voice.beganS[before] ?? 0;
  }
  const origins = Int32Array.from(kept);
  const wills = voice.wills.flatMap(({ brokerS, session }) => {
    const boots = countEnded(deaths, brokerS);
    return isUnheard(deaths[boots], brokerS, brokerS)
      ? []
      : [{ brokerS, session: session + boots }];
  });
  return {
    voice: {
      brokerS: Float64Array.from(kept, (place) => voice.brokerS[place] ?? 0),
      sentS: Float64Array.from(kept, (place) => voice.sentS[place] ?? 0),
      seqs: Int32Array.from(seqs),
      sessions: Int32Array.from(sessions),
      beganS,
      wills,
    },
    origins,
  };
}

/** The number of power cuts that are over. */
function countEnded(deaths: readonly number[], atS: number): number {
  let low = 0;
  let high = deaths.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((deaths[middle] ?? Infinity) + OFF_S < atS) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isUnheard(deathS: number | undefined, sentS: number, brokerS: number): boolean {
  if (deathS === undefined) return false;
  if (sentS > deathS) return true;
  return brokerS > deathS && brokerS - sentS > RETRANSMITTED_S;
}
