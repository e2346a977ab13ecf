/** The metrics of each node, written some nodes at a time: thousands of them would hold the hub's loop. */

import { Gauge, Registry } from "prom-client";
import type { NodeView } from "../../core/api/node_view.ts";
import { turn } from "../../io/time/turn.ts";
import type { Projection } from "./projection.ts";

/** Work of a few milliseconds. */
const NODES_AT_ONCE = 200;

const LIVENESSES = ["unknown", "alive", "suspect", "dead", "left"] as const;
/** Each metric begins with two lines about it, which may stand only once. */
const HEAD = /^(?:#.*\n)*/;

interface NodeGauge {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly set: (gauge: Gauge, node: NodeView) => void;
}

const GAUGES: readonly NodeGauge[] = [
  {
    name: "rpi_cluster_node_liveness",
    help: "1 for the liveness that a node has, 0 for the others.",
    labelNames: ["node", "liveness"],
    set(gauge, node) {
      for (const liveness of LIVENESSES) {
        gauge.set({ node: node.id, liveness }, node.liveness === liveness ? 1 : 0);
      }
    },
  },
  {
    name: "rpi_cluster_node_last_heartbeat_timestamp_seconds",
    help: "When a node was heard last.",
    labelNames: ["node"],
    set(gauge, { id, last_heartbeat_at: at }) {
      if (at !== null) gauge.set({ node: id }, Date.parse(at) / 1000);
    },
  },
];

/** Returns the metrics of all nodes as text. Other tasks of the loop have a turn in between. */
export async function nodeMetrics(projection: Projection): Promise<string> {
  const ids = projection.nodeIds();
  const texts: string[] = [];
  for (const gauge of GAUGES) {
    for (let from = 0; from === 0 || from < ids.length; from += NODES_AT_ONCE) {
      const nodes = ids.slice(from, from + NODES_AT_ONCE).flatMap((id) =>
        projection.node(id) ?? []
      );
      const text = await textOf(gauge, nodes);
      texts.push(from === 0 ? text : text.replace(HEAD, ""));
      await turn();
    }
  }
  return texts.join("");
}

async function textOf(
  { name, help, labelNames, set }: NodeGauge,
  nodes: readonly NodeView[],
): Promise<string> {
  const registry = new Registry();
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  for (const node of nodes) set(gauge, node);
  return `${(await registry.metrics()).trimEnd()}\n`;
}
