/** Shows the steps of the monitor: on the page, in verdicts, metrics and the log. */

import type { MonitorInput, MonitorOutput } from "../core/alerting/policy/monitor.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import type { PolicyOutput } from "../core/alerting/policy/output.ts";
import type { NodeState } from "../core/detection/node_state.ts";
import type { Tick } from "../core/machine.ts";
import type { NodeMessage } from "../core/protocol/wire.ts";
import type { Step } from "../io/drive.ts";
import { logBrokerChange, logClusterOutput } from "../io/log/cluster_log.ts";
import { getLog } from "../io/log/log.ts";
import type { Clock } from "../io/time/clock.ts";
import type { Feed } from "./live/feed.ts";
import type { Metrics } from "./live/metrics.ts";
import type { Projection } from "./live/projection.ts";
import type { NodeViews } from "./node_views.ts";
import { logPolicyOutput } from "./policy_log.ts";

export type MonitorStep = Step<MonitorState, MonitorInput, MonitorOutput>;
export type Nodes = ReadonlyMap<string, NodeState>;
/** A node as it was at the end of the turn. */
export type NodeLookup = (id: string) => NodeState | undefined;

export interface StepViewsOptions {
  readonly wallClock: Clock;
  readonly projection: Projection;
  readonly feed: Feed;
  readonly metrics: Metrics;
  /** The names of the hub's brokers, in the order of the configuration. */
  readonly brokers: readonly string[];
}

const log = getLog("hub");

export class StepViews {
  readonly #parts: StepViewsOptions;
  readonly #views: NodeViews;

  constructor(parts: StepViewsOptions, views: NodeViews) {
    this.#parts = parts;
    this.#views = views;
  }

  show({ state: { cluster: { nodes } }, input, outputs }: MonitorStep, nodeOf: NodeLookup): void {
    this.#showInput(input, nodes, nodeOf);
    for (const output of outputs) this.#showOutput(output, nodes, nodeOf);
  }

  #showInput(
    input: MonitorInput | Tick,
    nodes: Nodes,
    nodeOf: NodeLookup,
  ): void {
    const { projection, feed } = this.#parts;
    if (input.kind === "redated") {
      for (const node of nodes.values()) this.#views.update(node);
      feed.redated();
    }
    if (input.kind !== "evidence") return;
    const node = nodeOf(input.node);
    if (node === undefined) return;
    const { message } = input;
    if (message.kind === "heartbeat") {
      projection.heard(node);
      feed.nodeHeard(node.id);
    }
    if (isMoreThanASign(message)) this.#views.show(node);
  }

  #showOutput(
    output: MonitorOutput,
    nodes: Nodes,
    nodeOf: NodeLookup,
  ): void {
    const { projection, feed, metrics } = this.#parts;
    switch (output.kind) {
      case "transition":
        metrics.transition(output.to);
        this.#views.show(nodeOf(output.node));
        this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "visibility":
        projection.look(output);
        feed.viewChanged("blind");
        feed.viewChanged("brokers");
        return logClusterOutput(log, output);
      case "broker":
        feed.viewChanged("brokers");
        return logBrokerChange(log, output, this.#parts.brokers);
      case "storage":
        this.#views.show(nodeOf(output.node));
        if (output.isChange || output.fault) this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "access":
        this.#views.show(nodeOf(output.node));
        return logClusterOutput(log, output);
      case "duplicate_id":
        projection.warn(output);
        this.#views.show(nodeOf(output.node));
        return logClusterOutput(log, output);
      case "renamed":
        this.#views.show(nodeOf(output.node));
        this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "removed":
        this.#views.forget(output.node);
        return logClusterOutput(log, output);
      case "send_echo":
      case "send_probe":
        return;
      case "node_refused":
      case "rebooted":
        return logClusterOutput(log, output);
      default:
        this.#showConcerned(output, nodes);
        return logPolicyOutput(log, output, this.#parts.wallClock);
    }
  }

  /** Shows the policy's changes of nodes on the page. */
  #showConcerned(output: PolicyOutput, nodes: Nodes): void {
    if (output.kind === "maintained") {
      for (const id of output.node === undefined ? nodes.keys() : [output.node]) {
        if (nodes.has(id)) this.#parts.feed.nodeChanged(id);
      }
    } else if (
      output.kind === "opened" || output.kind === "closed" || output.kind === "acknowledged"
    ) {
      const { subject } = output;
      if ("node" in subject && nodes.has(subject.node)) this.#parts.feed.nodeChanged(subject.node);
    }
  }
}

/** A heartbeat with a name or vitals changes what the page shows. */
function isMoreThanASign(message: NodeMessage): boolean {
  return message.kind !== "heartbeat" || message.name !== undefined || message.vitals !== undefined;
}

/** The nodes that a step is about. */
export function nodesOf({ input, outputs }: MonitorStep): readonly string[] {
  const ids = outputs.flatMap((output) => "node" in output ? output.node ?? [] : []);
  return input.kind === "evidence" ? [input.node, ...ids] : ids;
}

/** The machine changes the state of a node in place. */
export function copiesOf(ids: readonly string[], nodes: Nodes): Nodes {
  const copies = ids.flatMap((id) => {
    const node = nodes.get(id);
    return node === undefined ? [] : [[id, { ...node }] as const];
  });
  return new Map(copies);
}
