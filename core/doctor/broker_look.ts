/** What a short look at a broker tells of the cluster, for a diagnosis. Proves neither life nor death. */

import * as v from "valibot";
import { parseObject, validate } from "../protocol/decoding.ts";
import { parseRfc3339 } from "../protocol/rfc3339.ts";
import {
  type Birth,
  type Evidence,
  type Farewell,
  type LastWill,
  topicsOf,
} from "../protocol/wire.ts";
import { decodeMessage } from "../protocol/wire_decoding.ts";

/** Nodes beyond these are not counted: a broker may be anybody's. */
const NODES_MAX = 10_000;

export interface LookedMessage {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
}

const verdictSchema = v.object({ since: v.string() });

/** Collects what is heard below a topic root; what does not decode tells nothing. */
export class BrokerLook {
  /** Nodes with a status, retained or not. */
  readonly known = new Set<string>();
  /** Nodes that spoke while we listened. */
  readonly speaking = new Set<string>();
  readonly #root: string;
  #hub: Birth | LastWill | Farewell | undefined;
  #latestMs = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** What the hub said last. */
  get hub(): Birth | LastWill | Farewell | undefined {
    return this.#hub;
  }

  /** The latest instant that somebody named as past: his calendar time in ms; 0 for none. */
  get latestMs(): number {
    return this.#latestMs;
  }

  hear({ topic, payload, retained }: LookedMessage): void {
    const topics = topicsOf(this.#root);
    if (topic.startsWith(topics.verdict(""))) return this.#date(verdictMs(payload));
    // A hub writes its status as a node does.
    const isHub = topic === topics.hubStatus;
    const decoded = decodeMessage(isHub ? topics.status("hub") : topic, payload, {
      root: this.#root,
      retained,
    });
    if (!decoded.ok) return;
    const heard = decoded.value;
    if (heard.kind === "alarm") this.#date(heard.atMs ?? 0);
    if (heard.kind !== "evidence") return;
    if (isHub) this.#hearHub(heard.message);
    else this.#hearNode(heard);
  }

  #hearHub(said: Evidence["message"]): void {
    if (said.kind !== "heartbeat" && said.kind !== "vitals") this.#hub = said;
  }

  #hearNode({ node, retained }: Evidence): void {
    if (this.known.size >= NODES_MAX) return;
    this.known.add(node);
    if (!retained) this.speaking.add(node);
  }

  #date(atMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, atMs);
  }
}

/** Since when a verdict holds; 0 when it does not say. */
function verdictMs(payload: string): number {
  const json = parseObject(payload);
  if (!json.ok) return 0;
  const found = validate(verdictSchema, json.value);
  return found.ok ? parseRfc3339(found.value.since) ?? 0 : 0;
}
