/**
 * The hub's loop: inputs from the broker go to the monitor, and its outputs to history, page,
 * verdicts and outbox.
 */

import { isAlarmFact } from "../core/alarm/alarm_facts.ts";
import { acknowledgedDeaths } from "../core/alerting/policy/condition.ts";
import type { MonitorInput, MonitorOutput } from "../core/alerting/policy/monitor.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import type { PolicyOutput } from "../core/alerting/policy/output.ts";
import type { NodeState } from "../core/detection/node_state.ts";
import type { Tick } from "../core/machine.ts";
import type { Inbox, Step } from "../io/drive.ts";
import { logClusterOutput } from "../io/log/cluster_log.ts";
import { getLog } from "../io/log/log.ts";
import type { Observation } from "../io/mqtt/observation.ts";
import type { OwnNetwork } from "../io/network/own_network.ts";
import type { HubAlarm } from "./alarm/alarm.ts";
import type { AlarmView } from "./alarm/alarm_view.ts";
import type { Trackers } from "./alarm/trackers.ts";
import type { ViewPublisher } from "./alarm/view_publisher.ts";
import type { Outbox } from "./delivery/outbox.ts";
import type { Recorded, Recorder } from "./history/recorder.ts";
import type { RestoredState } from "./history/restore.ts";
import type { VitalsHistory } from "./history/vitals_history.ts";
import type { WallClock } from "./host/wall_clock.ts";
import type { LossWatch } from "./broker/loss_watch.ts";
import type { Feed } from "./live/feed.ts";
import type { Metrics } from "./live/metrics.ts";
import type { Projection } from "./live/projection.ts";
import { NodeViews } from "./node_views.ts";
import { logPolicyOutput } from "./policy_log.ts";
import { spanEndMs } from "./store/span_end.ts";
import type { Store } from "./store/store.ts";

/** The interval at which last heartbeats are written, because SD cards wear out. */
const SAVE_EVERY_MS = 60_000;

export interface LoopParts {
  readonly wallClock: WallClock;
  readonly restored: Pick<RestoredState, "redated">;
  readonly topicRoot: string;
  readonly inbox: Inbox<MonitorInput>;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly vitals: VitalsHistory;
  readonly projection: Projection;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly outbox: Outbox;
  readonly alarm: HubAlarm;
  readonly alarmView: AlarmView;
  readonly trackers: Trackers;
  readonly losses: LossWatch;
  readonly trackerView: ViewPublisher;
  readonly observation: Observation;
  readonly ownNetwork: OwnNetwork;
}

type MonitorStep = Step<MonitorState, MonitorInput, MonitorOutput>;

const log = getLog("hub");

/**
 * Passes each step of the monitor to all parts. It writes to the disk first and shows the result
 * second.
 */
export class ClusterLoop {
  readonly #parts: LoopParts;
  readonly #views: NodeViews;
  /** Nodes whose latest state is not on disk yet. */
  readonly #unsaved = new Set<NodeState>();
  /** Callers that wait until an input is on disk. */
  readonly #waiting = new Map<MonitorInput | Tick, PromiseWithResolvers<ReadonlySet<number>>>();
  #savedMs: number;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#views = new NodeViews({ ...parts, clock: parts.wallClock });
    this.#savedMs = parts.wallClock.nowMs();
    parts.wallClock.onStep((stepMs) => this.#takeStep(stepMs));
  }

  async run(turns: AsyncIterable<readonly MonitorStep[]>): Promise<void> {
    for await (const turn of turns) this.#take(turn);
    for (const { reject } of this.#waiting.values()) reject(new Error("The hub stops"));
  }

  /**
   * Writes the turn in one transaction, so that the death of a whole cluster waits for the disk
   * only once.
   */
  #take(turn: readonly MonitorStep[]): void {
    const { wallClock, recorder, alarm } = this.#parts;
    wallClock.look();
    const state = turn.at(-1)?.state;
    if (state === undefined) return;
    for (const recorded of recorder.record(turn, state.cluster)) this.#show(recorded);
    if (turn.some(({ outputs }) => outputs.some(isAboutIncidents))) {
      alarm.acknowledge(acknowledgedDeaths(state.policy));
    }
    this.#views.publishVerdicts();
    if (turn.some(({ outputs }) => outputs.some(isAlarmFact))) {
      this.#parts.alarmView.look();
      this.#parts.trackerView.changed();
    }
    this.#parts.trackerView.look(state.cluster);
    if (wallClock.nowMs() - this.#savedMs >= SAVE_EVERY_MS) this.save();
  }

  /** Shows a step that is on disk. */
  #show({ step, incidents, messages }: Recorded<MonitorStep>): void {
    const { state: { cluster }, input, outputs, nowMs } = step;
    this.#waiting.get(input)?.resolve(incidents);
    this.#waiting.delete(input);
    this.#takeInput(input, cluster.nodes);
    for (const output of outputs) this.#takeOutput(output, cluster.nodes);
    this.#parts.alarmView.take(outputs, cluster, nowMs);
    if (incidents.size + messages.size > 0) this.#parts.feed.historyChanged(incidents, messages);
    if (input.kind === "link" && input.up) this.#publishAll(cluster.nodes.keys());
  }

  /**
   * Passes a person's action to the monitor. Resolves once it is on disk, with the ids of its
   * incidents. Rejects when the hub stops first.
   */
  async act(input: MonitorInput): Promise<ReadonlySet<number>> {
    const done = Promise.withResolvers<ReadonlySet<number>>();
    this.#waiting.set(input, done);
    this.#parts.inbox.put(input);
    return await done.promise;
  }

  /**
   * A Pi may boot with a wrong wall clock. After a correction, a maintenance or a silence of an
   * earlier boot may be over. Those of this boot were moved and keep their length.
   */
  #takeStep(stepMs: number): void {
    const { wallClock, restored, store, inbox, projection, feed, alarm, vitals } = this.#parts;
    inbox.put(restored.redated());
    for (const [id, span] of store.maintenance.all()) {
      const node = id === "" ? undefined : id;
      inbox.put({ kind: "maintain", node, untilMs: spanEndMs(span, wallClock, wallClock.nowMs()) });
    }
    alarm.renew();
    vitals.redate(stepMs);
    projection.redate(stepMs);
    feed.redated();
  }

  /** Writes what is not on disk yet. */
  save(): void {
    const { wallClock, store, recorder } = this.#parts;
    this.#savedMs = wallClock.nowMs();
    store.transaction(() => {
      recorder.saveNodes(this.#unsaved);
      wallClock.stamp();
    });
    this.#unsaved.clear();
  }

  #takeInput(input: MonitorInput | Tick, nodes: ReadonlyMap<string, NodeState>): void {
    if (input.kind === "alarm") this.#parts.alarm.take(input);
    if (input.kind === "echo") this.#parts.trackers.hear(input);
    if (input.kind === "redated") {
      for (const node of nodes.values()) this.#views.update(node);
      this.#parts.feed.redated();
    }
    if (input.kind !== "evidence") return;
    const node = nodes.get(input.node);
    if (node === undefined) return;
    const { projection, feed, losses, vitals } = this.#parts;
    this.#unsaved.add(node);
    const { message } = input;
    losses.heard(node, message.kind);
    if (message.kind === "birth") this.#parts.ownNetwork.nodesChanged();
    // Vitals of another session do not belong to the node.
    if (message.kind === "vitals" && message.session === node.session) {
      vitals.take(node.id, message.vitals);
    }
    if (message.kind === "heartbeat") {
      projection.heard(node);
      feed.nodeHeard(node.id);
    } else {
      this.#views.show(node);
    }
  }

  #takeOutput(output: MonitorOutput, nodes: ReadonlyMap<string, NodeState>): void {
    const { projection, feed, metrics, observation } = this.#parts;
    switch (output.kind) {
      case "transition":
        metrics.transition(output.to);
        this.#views.show(nodes.get(output.node));
        this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "visibility":
        projection.look(output);
        feed.visibilityChanged();
        return logClusterOutput(log, output);
      case "storage":
        this.#views.show(nodes.get(output.node));
        if (output.isChange || output.fault) this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "duplicate_id":
        projection.warn(output);
        this.#views.show(nodes.get(output.node));
        return logClusterOutput(log, output);
      case "renamed":
        this.#views.show(nodes.get(output.node));
        this.#views.verdictChanged(output.node);
        return logClusterOutput(log, output);
      case "removed":
        this.#forget(output.node);
        return logClusterOutput(log, output);
      case "send_echo":
        return observation.sendEcho(output.seq, this.#parts.trackerView.number);
      case "send_probe":
        return this.#parts.ownNetwork.probe(output);
      case "node_refused":
      case "rebooted":
        return logClusterOutput(log, output);
      default:
        this.#showConcerned(output, nodes);
        return this.#takePolicyOutput(output);
    }
  }

  /** Shows the policy's changes of nodes on the page. */
  #showConcerned(output: PolicyOutput, nodes: ReadonlyMap<string, NodeState>): void {
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

  #takePolicyOutput(output: PolicyOutput): void {
    const { wallClock, outbox, alarm } = this.#parts;
    logPolicyOutput(log, output, wallClock);
    if (output.kind === "alert") outbox.wake();
    if (output.kind === "maintained") alarm.maintain(output.node, output.untilMs);
  }

  #forget(id: string): void {
    for (const node of this.#unsaved) if (node.id === id) this.#unsaved.delete(node);
    this.#views.forget(id);
  }

  /** The broker may have lost the retained verdicts. */
  #publishAll(nodes: Iterable<string>): void {
    this.#views.verdictsLost(nodes);
    this.#parts.trackerView.changed();
    this.#parts.alarm.publish();
  }
}

/** Returns whether the output may change which deaths somebody takes care of. */
function isAboutIncidents({ kind }: MonitorOutput): boolean {
  return kind === "acknowledged" || kind === "opened" || kind === "closed";
}
