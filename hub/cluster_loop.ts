/** The hub's loop: what the broker tells -> the monitor -> history, page, verdicts, outbox. */

import type { ClusterInput } from "../core/cluster.ts";
import type { NodeState } from "../core/node_state.ts";
import type { Tick } from "../core/machine.ts";
import type { MonitorOutput, MonitorState } from "../core/monitor.ts";
import { topicsOf } from "../core/wire.ts";
import type { Clock } from "../io/clock.ts";
import { logClusterOutput } from "../io/cluster_log.ts";
import type { Step } from "../io/drive.ts";
import { getLog } from "../io/log.ts";
import type { Observation } from "../io/observation.ts";
import type { Feed } from "./feed.ts";
import type { Metrics } from "./metrics.ts";
import type { Outbox } from "./outbox.ts";
import type { Projection } from "./projection.ts";
import type { Recorder } from "./recorder.ts";

/** Last signs of life are written this often: an SD card wears out. */
const SAVE_EVERY_MS = 60_000;

export interface LoopParts {
  readonly clock: Clock;
  readonly topicRoot: string;
  readonly recorder: Recorder;
  readonly projection: Projection;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly outbox: Outbox;
  readonly observation: Observation;
}

const log = getLog("hub");

/** Takes each step of the monitor to everyone concerned: written first, shown second. */
export class ClusterLoop {
  readonly #parts: LoopParts;
  readonly #topics: ReturnType<typeof topicsOf>;
  /** Nodes of which something is not on disk yet. */
  readonly #unsaved = new Set<NodeState>();
  #savedMs: number;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#topics = topicsOf(parts.topicRoot);
    this.#savedMs = parts.clock.nowMs();
  }

  async run(steps: AsyncIterable<Step<MonitorState, ClusterInput, MonitorOutput>>): Promise<void> {
    for await (const { state, input, outputs, nowMs } of steps) {
      const { cluster } = state;
      const { incidents, messages } = this.#parts.recorder.record(outputs, cluster);
      this.#takeInput(input, cluster.nodes);
      for (const output of outputs) this.#takeOutput(output, cluster.nodes);
      if (incidents.size + messages.size > 0) this.#parts.feed.historyChanged(incidents, messages);
      if (input.kind === "link" && input.up) this.#publishVerdicts(cluster.nodes.values());
      if (nowMs - this.#savedMs >= SAVE_EVERY_MS) this.save();
    }
  }

  /** Writes what is not on disk yet. */
  save(): void {
    this.#savedMs = this.#parts.clock.nowMs();
    if (this.#unsaved.size > 0) this.#parts.recorder.saveNodes(this.#unsaved);
    this.#unsaved.clear();
  }

  #takeInput(input: ClusterInput | Tick, nodes: ReadonlyMap<string, NodeState>): void {
    if (input.kind !== "evidence") return;
    const node = nodes.get(input.node);
    if (node === undefined) return;
    const { projection, feed } = this.#parts;
    this.#unsaved.add(node);
    if (input.message.kind === "heartbeat") {
      projection.heard(node);
      feed.nodeHeard(node.id);
    } else {
      projection.update(node);
      feed.nodeChanged(node.id);
    }
  }

  #takeOutput(output: MonitorOutput, nodes: ReadonlyMap<string, NodeState>): void {
    const { projection, feed, metrics, outbox, observation } = this.#parts;
    switch (output.kind) {
      case "transition":
        metrics.transition(output.to);
        this.#showNode(nodes.get(output.node));
        this.#publishVerdict(nodes.get(output.node));
        return logClusterOutput(log, output);
      case "sight":
        projection.look(output);
        feed.sightChanged();
        return logClusterOutput(log, output);
      case "rivals":
        projection.warn(output);
        this.#showNode(nodes.get(output.node));
        return logClusterOutput(log, output);
      case "removed":
        this.#forget(output.node);
        return logClusterOutput(log, output);
      case "send_echo":
        return observation.sendEcho(output.seq);
      case "nodes_full":
        return logClusterOutput(log, output);
      case "alert": {
        const { down, recovered } = output;
        log.info("promised an alert", { down: down.length, recovered: recovered.length });
        return outbox.wake();
      }
      case "still_told":
        return;
    }
  }

  #showNode(node: NodeState | undefined): void {
    if (node === undefined) return;
    this.#parts.projection.update(node);
    this.#parts.feed.nodeChanged(node.id);
  }

  #forget(id: string): void {
    const { projection, feed, observation } = this.#parts;
    for (const node of this.#unsaved) if (node.id === id) this.#unsaved.delete(node);
    projection.remove(id);
    feed.nodeRemoved(id);
    // An empty retained payload takes the retained message away (MQTT 3.1.1, 3.3.1.3): trackers forget too.
    for (const topic of [this.#topics.status(id), this.#topics.verdict(id)]) {
      void observation.link.publish({ topic, payload: "", qos: 1, retain: true });
    }
  }

  #publishVerdicts(nodes: Iterable<NodeState>): void {
    for (const node of nodes) this.#publishVerdict(node);
  }

  #publishVerdict(node: NodeState | undefined): void {
    const view = node && this.#parts.projection.node(node.id);
    if (view === undefined) return;
    const { liveness, since, name, last_heartbeat_at } = view;
    const payload = JSON.stringify({ liveness, since, name, last_heartbeat_at });
    const topic = this.#topics.verdict(view.id);
    void this.#parts.observation.link.publish({ topic, payload, qos: 1, retain: true });
  }
}
