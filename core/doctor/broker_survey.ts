/**
 * What a diagnosis learns about the cluster from a short connection to a broker. It proves neither
 * life nor death.
 */

import * as v from "valibot";
import { parseObject, validate } from "../protocol/decoding.ts";
import { parseRfc3339 } from "../protocol/rfc3339.ts";
import type { HubView } from "../protocol/hub_view.ts";
import { topicsOf } from "../protocol/topics.ts";
import {
  type Birth,
  type Evidence,
  type Farewell,
  type LastWill,
  NODES_MAX,
} from "../protocol/wire.ts";
import { decodeMessage } from "../protocol/wire_decoding.ts";

export interface SurveyedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

/** The heartbeats of a node that were heard, and how often they came from another session. */
export interface HeardSessions {
  readonly count: number;
  readonly changes: number;
}

const verdictSchema = v.object({ since: v.string() });

/** Collects the messages below a topic root. Messages that cannot be decoded are ignored. */
export class BrokerSurvey {
  /** Nodes with a status, retained or not. */
  readonly known = new Set<string>();
  /** Nodes that sent a message while we listened. */
  readonly live = new Set<string>();
  readonly #root: string;
  /** By node: the last session that was heard. */
  readonly #sessions = new Map<string, HeardSessions & { readonly last: string }>();
  #hub: Birth | LastWill | Farewell | undefined;
  #view: HubView | undefined;
  #latestMs = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** The last status of the hub. */
  get hub(): Birth | LastWill | Farewell | undefined {
    return this.#hub;
  }

  /** The last view of the hub. */
  get view(): HubView | undefined {
    return this.#view;
  }

  /** The latest past instant in any message, in wall-clock ms; 0 if there is none. */
  get latestMs(): number {
    return this.#latestMs;
  }

  sessionsOf(node: string): HeardSessions {
    return this.#sessions.get(node) ?? { count: 0, changes: 0 };
  }

  take({ topic, payload, retained }: SurveyedMessage): void {
    const topics = topicsOf(this.#root);
    if (topic.startsWith(topics.verdict(""))) return this.#date(verdictMs(payload));
    // A hub publishes its status in the format of a node.
    const isHub = topic === topics.hubStatus;
    const decoded = decodeMessage(isHub ? topics.status("hub") : topic, payload, {
      root: this.#root,
      retained,
    });
    if (!decoded.ok) return;
    const heard = decoded.value;
    if (heard.kind === "hub_view") this.#view = heard;
    if (heard.kind === "alarm") this.#date(heard.atMs ?? 0);
    if (heard.kind !== "evidence") return;
    if (isHub) this.#hearHub(heard.message);
    else this.#hearNode(heard);
  }

  #hearHub(said: Evidence["message"]): void {
    if (said.kind !== "heartbeat" && said.kind !== "vitals") this.#hub = said;
  }

  #hearNode({ node, message, retained }: Evidence): void {
    // An unknown broker may announce any number of nodes.
    if (this.known.size >= NODES_MAX) return;
    this.known.add(node);
    if (retained) return;
    this.live.add(node);
    if (message.kind !== "heartbeat") return;
    const { session } = message;
    const { count, changes, last } = this.#sessions.get(node) ??
      { count: 0, changes: 0, last: session };
    const isOther = last !== session;
    this.#sessions.set(node, {
      count: count + 1,
      changes: isOther ? changes + 1 : changes,
      last: session,
    });
  }

  #date(atMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, atMs);
  }
}

/** Since when a verdict applies; 0 if it does not say. */
function verdictMs(payload: string): number {
  const json = parseObject(payload);
  if (!json.ok) return 0;
  const found = validate(verdictSchema, json.value);
  return found.ok ? parseRfc3339(found.value.since) ?? 0 : 0;
}
