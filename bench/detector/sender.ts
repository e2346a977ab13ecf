/** The messages that one node sends, and their instants. */

import type { Span } from "./link.ts";
import { RandomStream } from "./random_stream.ts";

/** In place of a sequence number: the message is a birth. */
export const BIRTH = -1;

const JITTER_S = 0.003;
/** The time from an agent's start to its birth. */
const START_TO_BIRTH_S = 0.1;

/** All messages of a node. Parallel arrays, in order. */
export interface Sent {
  readonly sentS: readonly number[];
  /** Sequence numbers, or BIRTH. */
  readonly seqs: readonly number[];
  /** The number of the agent's run. */
  readonly sessions: readonly number[];
  /** When each session began. */
  readonly beganS: readonly number[];
}

export interface SenderOptions {
  readonly name: string;
  readonly everyS: number;
  readonly untilS: number;
  /** The first heartbeat. */
  readonly phaseS: number;
  readonly pauses: readonly Span[];
  /** The times from a death of the agent to its next start. */
  readonly kills: readonly Span[];
}

/** Heartbeats are timed from the session's first, so delays do not add up. A pause skips some. */
export function speak({ name, everyS, untilS, ...fate }: SenderOptions): Sent {
  const jitter = new RandomStream(`${name}/jit`);
  const sent: MutableSent = { sentS: [], seqs: [], sessions: [], beganS: [fate.phaseS] };
  let phaseS = fate.phaseS;
  let seq = 0;
  let nextKill = 0;
  let nextPause = 0;
  for (let beat = 0, dueS = phaseS; dueS < untilS; dueS = phaseS + ++beat * everyS) {
    const kill = fate.kills[nextKill];
    if (kill !== undefined && dueS >= kill.fromS) {
      nextKill++;
      const birthS = kill.toS + START_TO_BIRTH_S;
      phaseS = birthS - beat * everyS;
      seq = 0;
      sent.beganS.push(birthS);
      say(sent, birthS, BIRTH);
      continue;
    }
    let atS = dueS + Math.abs(jitter.normal()) * JITTER_S;
    while ((fate.pauses[nextPause]?.toS ?? Infinity) < atS) nextPause++;
    const pause = fate.pauses[nextPause];
    if (pause !== undefined && pause.fromS <= atS) {
      atS = pause.toS;
      const skipped = Math.floor((atS - dueS) / everyS);
      beat += skipped;
      seq += skipped;
    }
    const last = sent.sentS.at(-1);
    if (last !== undefined && atS <= last) atS = last + 1e-6;
    say(sent, atS, seq++);
  }
  return sent;
}

interface MutableSent {
  readonly sentS: number[];
  readonly seqs: number[];
  readonly sessions: number[];
  readonly beganS: number[];
}

function say({ sentS, seqs, sessions, beganS }: MutableSent, atS: number, seq: number): void {
  sentS.push(atS);
  seqs.push(seq);
  sessions.push(beganS.length - 1);
}
