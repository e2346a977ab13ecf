/** An observer's inputs other than heartbeats and births: wills, its own link, retained messages. */

import type { ClusterInput } from "../../core/detection/cluster_state.ts";
import type { BrokerPath } from "../../core/network/probe.ts";
import type { NodeMessage } from "../../core/protocol/wire.ts";
import type { Voice } from "./node_life.ts";
import { BIRTH } from "./sender.ts";
import { isCut, routedBy, type Trace } from "./trace.ts";

/** The minimum time from the broker to an observer. */
const ROUTE_S = 0.0005;
/** A broker that shuts down sends the wills this long before it closes the observer's connection. */
const WILLS_TO_CLOSE_S = 0.003;
/** The longest wait of an agent's own reconnect loop, as it announces it. */
const RECONNECT_MS = 2000;

/** Inputs that are in the observer's socket from an instant on. */
export interface Heard {
  readonly socketS: number;
  readonly inputs: readonly ClusterInput[];
}

export function nodeId(node: number): string {
  return `pi-${node}`;
}

/** Creates a node's messages. `session` is the number of the session within the trace. */
export class Speech {
  readonly #everyMs: number;

  constructor(trace: Trace) {
    this.#everyMs = trace.options.everyS * 1000;
  }

  birth(node: number, session: number): NodeMessage {
    return {
      kind: "birth",
      session: `${node}/${session}`,
      name: undefined,
      everyMs: this.#everyMs,
      reconnectMs: RECONNECT_MS,
      facts: {},
    };
  }

  heartbeat(node: number, voice: Voice, place: number): NodeMessage {
    const session = voice.sessions[place] ?? 0;
    const upS = (voice.sentS[place] ?? 0) - (voice.beganS[session] ?? 0);
    return {
      kind: "heartbeat",
      session: `${node}/${session}`,
      seq: voice.seqs[place] ?? 0,
      everyMs: this.#everyMs,
      upMs: Math.round(upS * 1000),
    };
  }

  will(node: number, session: number): NodeMessage {
    return { kind: "last_will", session: `${node}/${session}` };
  }
}

export function evidence(node: number, message: NodeMessage, retained: boolean): ClusterInput {
  return { kind: "evidence", node: nodeId(node), message, retained };
}

/** The inputs in the order of arrival. `broker` is the path to the broker, if the observer knows it. */
export function hearingOf(trace: Trace, broker?: BrokerPath): readonly Heard[] {
  const speech = new Speech(trace);
  const heard: Heard[] = [];
  const linkUp = { kind: "link", up: true, ...(broker && { broker }) } as const;
  const { cuts } = trace.observer;
  for (const upS of [0, ...cuts.map(({ backS }) => backS)]) {
    const retained = trace.voices.map((voice, node) =>
      evidence(node, retainedAt(voice, node, { speech, atS: upS }), true)
    );
    heard.push({ socketS: upS, inputs: [linkUp, ...retained] });
  }
  for (const { downS, cause } of cuts) {
    const socketS = downS + (cause === "broker" ? WILLS_TO_CLOSE_S : 0);
    heard.push({ socketS, inputs: [{ kind: "link", up: false }] });
  }
  for (const [node, { wills }] of trace.voices.entries()) {
    for (const { brokerS, session } of wills) {
      const socketS = willSocketS(trace, brokerS);
      if (socketS === undefined) continue;
      heard.push({ socketS, inputs: [evidence(node, speech.will(node, session), false)] });
    }
  }
  return heard.sort((one, other) => one.socketS - other.socketS);
}

/** The retained status at the broker. */
function retainedAt(
  { brokerS, seqs, sessions, wills }: Voice,
  node: number,
  { speech, atS }: { readonly speech: Speech; readonly atS: number },
): NodeMessage {
  let place = -1;
  for (let k = 0; (brokerS[k] ?? Infinity) <= atS; k++) if (seqs[k] === BIRTH) place = k;
  const birthS = place < 0 ? 0 : brokerS[place] ?? 0;
  const will = wills.findLast((one) => one.brokerS <= atS);
  if (will !== undefined && will.brokerS > birthS) return speech.will(node, will.session);
  return speech.birth(node, place < 0 ? 0 : sessions[place] ?? 0);
}

/** A will follows all messages that were routed before it; `undefined` without a connection. */
function willSocketS({ observer, restarts }: Trace, brokerS: number): number | undefined {
  const isSalvo = restarts.some(({ downS, sendsWills }) =>
    sendsWills && downS < brokerS && brokerS < downS + WILLS_TO_CLOSE_S
  );
  const needsS = isSalvo ? brokerS - WILLS_TO_CLOSE_S : brokerS;
  if (isCut(observer.cuts, needsS)) return undefined;
  const beforeS = observer.socketS[routedBy(observer, brokerS) - 1] ?? NaN;
  const leastS = brokerS + ROUTE_S;
  return Number.isNaN(beforeS) ? leastS : Math.max(leastS, beforeS + 1e-6);
}
