/**
 * The hub's loop: inputs from the broker go to the monitor, and its outputs to history, page,
 * verdicts and outbox.
 */

import { type AlertItem, subjectKey } from "../core/alerting/alert.ts";
import { acknowledgedDeaths } from "../core/alerting/policy/condition.ts";
import type { MonitorInput, MonitorOutput } from "../core/alerting/policy/monitor.ts";
import type { MonitorState } from "../core/alerting/policy/monitor_state.ts";
import type { PolicyOutput } from "../core/alerting/policy/output.ts";
import type { NodeState } from "../core/detection/node_state.ts";
import type { Tick } from "../core/machine.ts";
import { topicsOf } from "../core/protocol/wire.ts";
import type { Inbox, Step } from "../io/drive.ts";
import { logClusterOutput } from "../io/log/cluster_log.ts";
import { getLog } from "../io/log/log.ts";
import type { Observation } from "../io/mqtt/observation.ts";
import type { OwnNetwork } from "../io/network/own_network.ts";
import type { HubAlarm } from "./alarm/alarm.ts";
import type { AlarmView } from "./alarm/alarm_view.ts";
import type { Trackers } from "./alarm/trackers.ts";
import type { Outbox } from "./delivery/outbox.ts";
import type { Recorded, Recorder } from "./history/recorder.ts";
import type { RestoredState } from "./history/restore.ts";
import type { VitalsHistory } from "./history/vitals_history.ts";
import type { WallClock } from "./host/wall_clock.ts";
import type { Feed } from "./live/feed.ts";
import type { Metrics } from "./live/metrics.ts";
import type { Projection } from "./live/projection.ts";
import { spanEndMs } from "./store/span_end.ts";
import type { Store } from "./store/store.ts";

/** The interval at which last heartbeats and vitals are written, because SD cards wear out. */
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
  readonly #topics: ReturnType<typeof topicsOf>;
  /** Nodes whose latest state is not on disk yet. */
  readonly #unsaved = new Set<NodeState>();
  /** Nodes whose verdict is published at the end of the turn. */
  readonly #unsaid = new Set<string>();
  /** Callers that wait until an input is on disk. */
  readonly #waiting = new Map<MonitorInput | Tick, PromiseWithResolvers<ReadonlySet<number>>>();
  #savedMs: number;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#topics = topicsOf(parts.topicRoot);
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
    const { wallClock, recorder, vitals, alarm } = this.#parts;
    wallClock.look();
    const state = turn.at(-1)?.state;
    if (state === undefined) return;
    for (const recorded of recorder.record(turn, state.cluster)) this.#show(recorded);
    if (turn.some(({ outputs }) => outputs.some(isAboutIncidents))) {
      alarm.acknowledge(acknowledgedDeaths(state.policy));
    }
    for (const node of this.#unsaid) this.#publishVerdict(node);
    this.#unsaid.clear();
    if (wallClock.nowMs() - this.#savedMs >= SAVE_EVERY_MS || vitals.isFull) this.save();
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
    if (input.kind === "link" && input.up) this.#sayAll(cluster.nodes.keys());
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
    const { wallClock, store, recorder, vitals } = this.#parts;
    this.#savedMs = wallClock.nowMs();
    store.transaction(() => {
      recorder.saveNodes(this.#unsaved);
      vitals.save();
      wallClock.stamp();
    });
    this.#unsaved.clear();
  }

  #takeInput(input: MonitorInput | Tick, nodes: ReadonlyMap<string, NodeState>): void {
    if (input.kind === "alarm") this.#parts.alarm.take(input);
    if (input.kind === "echo") this.#parts.trackers.hear(input);
    if (input.kind === "redated") {
      for (const node of nodes.values()) this.#update(node);
      this.#parts.feed.redated();
    }
    if (input.kind !== "evidence") return;
    const node = nodes.get(input.node);
    if (node === undefined) return;
    const { projection, feed, vitals } = this.#parts;
    this.#unsaved.add(node);
    const { message } = input;
    if (message.kind === "birth") this.#parts.ownNetwork.nodesChanged();
    // Vitals of another session do not belong to the node.
    if (message.kind === "vitals" && message.session === node.session) {
      vitals.take(node.id, message.vitals);
    }
    if (message.kind === "heartbeat") {
      projection.heard(node);
      feed.nodeHeard(node.id);
    } else {
      this.#showNode(node);
    }
  }

  #takeOutput(output: MonitorOutput, nodes: ReadonlyMap<string, NodeState>): void {
    const { projection, feed, metrics, observation } = this.#parts;
    switch (output.kind) {
      case "transition":
        metrics.transition(output.to);
        this.#showNode(nodes.get(output.node));
        this.#unsaid.add(output.node);
        return logClusterOutput(log, output);
      case "sight":
        projection.look(output);
        feed.visibilityChanged();
        return logClusterOutput(log, output);
      case "storage":
        this.#showNode(nodes.get(output.node));
        if (output.isChange || output.fault) this.#unsaid.add(output.node);
        return logClusterOutput(log, output);
      case "rivals":
        projection.warn(output);
        this.#showNode(nodes.get(output.node));
        return logClusterOutput(log, output);
      case "renamed":
        this.#showNode(nodes.get(output.node));
        this.#unsaid.add(output.node);
        return logClusterOutput(log, output);
      case "removed":
        this.#forget(output.node);
        return logClusterOutput(log, output);
      case "send_echo":
        return observation.sendEcho(output.seq);
      case "send_probe":
        return this.#parts.ownNetwork.probe(output);
      case "node_refused":
        return logClusterOutput(log, output);
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
    switch (output.kind) {
      case "alert": {
        const { route, channel, notices } = output;
        log.info("promised a message", { route, channel, notices: kindsOf(notices) });
        return this.#parts.outbox.wake();
      }
      case "opened": {
        const { subject, cause } = output;
        // A death is already logged as a change of the node.
        if (subject.kind === "node") return;
        return log.warning("an incident began", { incident: subjectKey(subject), cause });
      }
      case "closed": {
        const { subject } = output;
        if (subject.kind === "node" || subject.kind === "reboot") return;
        return log.info("an incident ended", { incident: subjectKey(subject) });
      }
      case "notification": {
        const { subject, route, state } = output;
        if (state !== "deferred") return;
        return log.info("a message is held", { route, incident: subjectKey(subject) });
      }
      case "acknowledged":
        return log.info("acknowledged", { incident: subjectKey(output.subject) });
      case "maintained": {
        const { node, untilMs } = output;
        const until = new Date(this.#parts.wallClock.wallMs(untilMs)).toISOString();
        this.#parts.alarm.maintain(node, untilMs);
        return log.info("maintenance", { node: node ?? "all", until });
      }
      case "grouped":
        return;
    }
  }

  #showNode(node: NodeState | undefined): void {
    if (node === undefined) return;
    this.#update(node);
    this.#parts.feed.nodeChanged(node.id);
  }

  #update(node: NodeState): void {
    this.#showRenamed(this.#parts.projection.update(node));
  }

  /** Other nodes whose display name has changed. */
  #showRenamed(ids: readonly string[]): void {
    for (const id of ids) {
      this.#parts.feed.nodeChanged(id);
      this.#unsaid.add(id);
    }
  }

  #forget(id: string): void {
    const { projection, feed, observation } = this.#parts;
    for (const node of this.#unsaved) if (node.id === id) this.#unsaved.delete(node);
    this.#showRenamed(projection.remove(id));
    feed.nodeRemoved(id);
    // An empty retained payload removes the retained message (MQTT 3.1.1, 3.3.1.3), so that
    // trackers forget the node too.
    for (const topic of [this.#topics.status(id), this.#topics.verdict(id)]) {
      void observation.link.publish({ topic, payload: "", qos: 1, retain: true });
    }
  }

  /** The broker may have lost the retained verdicts. */
  #sayAll(nodes: Iterable<string>): void {
    for (const node of nodes) this.#unsaid.add(node);
    this.#parts.alarm.publish();
  }

  #publishVerdict(node: string): void {
    const view = this.#parts.projection.node(node);
    if (view === undefined) return;
    const { liveness, since, display_name: name, last_heartbeat_at, storage } = view;
    const verdict = { liveness, since, name, last_heartbeat_at };
    const payload = JSON.stringify(storage === null ? verdict : { ...verdict, storage });
    const topic = this.#topics.verdict(view.id);
    void this.#parts.observation.link.publish({ topic, payload, qos: 1, retain: true });
  }
}

/** Returns whether the output may change which deaths somebody takes care of. */
function isAboutIncidents({ kind }: MonitorOutput): boolean {
  return kind === "acknowledged" || kind === "opened" || kind === "closed";
}

/** `down 3, recovered 1`. */
function kindsOf(notices: readonly AlertItem[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of notices) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
}
