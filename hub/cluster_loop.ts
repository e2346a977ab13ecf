/**
 * The hub's loop: inputs from the broker go to the monitor, and its outputs to history, page,
 * verdicts and outbox.
 */

import { isAlarmFact } from "../core/alarm/alarm_facts.ts";
import { acknowledgedDeaths } from "../core/alerting/policy/condition.ts";
import type { MonitorInput, MonitorOutput } from "../core/alerting/policy/monitor.ts";
import type { ClusterState, FromBroker } from "../core/detection/cluster_state.ts";
import { carriersOf } from "../core/detection/link_state.ts";
import { isBeyondMax } from "../core/detection/membership.ts";
import type { NodeState } from "../core/detection/node_state.ts";
import type { Tick } from "../core/machine.ts";
import type { Evidence } from "../core/protocol/wire.ts";
import type { Inbox } from "../io/drive.ts";
import type { Observations } from "../io/mqtt/observations.ts";
import type { OwnNetwork } from "../io/network/own_network.ts";
import type { HubAlarm } from "./alarm/alarm.ts";
import type { AlarmView } from "./alarm/alarm_view.ts";
import type { OtherHub } from "./alarm/other_hub.ts";
import type { Trackers } from "./alarm/trackers.ts";
import type { ViewPublisher } from "./alarm/view_publisher.ts";
import type { Outbox } from "./delivery/outbox.ts";
import { isLasting, type Recorded, type Recorder } from "./history/recorder.ts";
import type { RestoredState } from "./history/restore.ts";
import type { VitalsHistory } from "./history/vitals_history.ts";
import type { WallClock } from "./host/wall_clock.ts";
import type { LossWatch } from "./broker/loss_watch.ts";
import type { Feed } from "./live/feed.ts";
import type { Metrics } from "./live/metrics.ts";
import type { Projection } from "./live/projection.ts";
import type { Refusals } from "./live/refusals.ts";
import { NodeViews } from "./node_views.ts";
import { ShowQueue } from "./show_queue.ts";
import {
  copiesOf,
  type MonitorStep,
  type NodeLookup,
  type Nodes,
  nodesOf,
  StepViews,
} from "./step_views.ts";
import { spanEndMs } from "./store/span_end.ts";
import type { Store } from "./store/store.ts";
import type { Upgrades } from "./update/upgrades.ts";

/** The interval at which last heartbeats are written, because SD cards wear out. */
const SAVE_EVERY_MS = 60_000;

export interface LoopParts {
  readonly wallClock: WallClock;
  readonly restored: Pick<RestoredState, "redated">;
  readonly topicRoot: string;
  /** The names of the hub's brokers, in the order of the configuration. */
  readonly brokers: readonly string[];
  readonly inbox: Inbox<MonitorInput>;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly vitals: VitalsHistory;
  readonly projection: Projection;
  readonly refusals: Refusals;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly outbox: Outbox;
  readonly alarm: HubAlarm;
  readonly alarmView: AlarmView;
  readonly otherHub: OtherHub;
  readonly trackers: Trackers;
  readonly losses: LossWatch;
  readonly trackerView: ViewPublisher;
  readonly observation: Observations;
  readonly ownNetwork: OwnNetwork;
  readonly upgrades: Upgrades;
}

/**
 * Passes each step of the monitor to all parts. Lasting changes are written first and then shown.
 * The loop itself never waits for the disk.
 */
export class ClusterLoop {
  readonly #parts: LoopParts;
  readonly #views: NodeViews;
  readonly #stepViews: StepViews;
  readonly #shows: ShowQueue;
  /** Nodes whose latest state is not on disk yet. */
  readonly #unsaved = new Set<NodeState>();
  /** Callers that wait until an input is on disk. */
  readonly #waiting = new Map<MonitorInput | Tick, PromiseWithResolvers<ReadonlySet<number>>>();
  #savedMs: number;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#views = new NodeViews({ ...parts, clock: parts.wallClock });
    this.#stepViews = new StepViews(parts, this.#views);
    this.#shows = new ShowQueue(parts.store, parts.wallClock);
    this.#savedMs = parts.wallClock.nowMs();
    parts.wallClock.onStep((stepMs) => this.#takeStep(stepMs));
  }

  async run(turns: AsyncIterable<readonly MonitorStep[]>): Promise<void> {
    for await (const turn of turns) this.#take(turn);
    await this.#shows.end();
    for (const { reject } of this.#waiting.values()) reject(new Error("The hub stops"));
  }

  /**
   * Records the turn in one transaction, so that the death of a whole cluster waits for the disk
   * only once.
   */
  #take(turn: readonly MonitorStep[]): void {
    const { wallClock, recorder, alarm, alarmView, trackerView } = this.#parts;
    wallClock.look();
    const state = turn.at(-1)?.state;
    if (state === undefined) return;
    const recorded = recorder.record(turn, state.cluster);
    for (const step of turn) this.#hear(step);
    // LEDs and buzzers do not wait for the disk.
    if (turn.some(({ outputs }) => outputs.some(isAboutIncidents))) {
      alarm.acknowledge(acknowledgedDeaths(state.policy));
    }
    if (turn.some(({ outputs }) => outputs.some(isAlarmFact))) {
      alarmView.look();
      trackerView.changed();
    }
    trackerView.look(state.cluster);
    this.#showWhenWritten(recorded, state.cluster.nodes);
    if (wallClock.nowMs() - this.#savedMs >= SAVE_EVERY_MS) this.save();
  }

  /** Handles what does not wait for the disk: the monitor's requests, and the nodes' messages. */
  #hear({ input, outputs, state: { cluster }, nowMs }: MonitorStep): void {
    const { observation, ownNetwork, outbox } = this.#parts;
    const { alarm, alarmView, otherHub, trackers, trackerView } = this.#parts;
    for (const output of outputs) {
      if (output.kind === "send_echo") observation.sendEcho(output, trackerView.number);
      if (output.kind === "send_probe") ownNetwork.probe(output);
      if (output.kind === "maintained") alarm.maintain(output.node, output.untilMs);
      if (output.kind === "removed") this.#dropUnsaved(output.node);
      // The outbox itself waits for the disk.
      if (output.kind === "alert") outbox.wake();
    }
    alarmView.take(outputs, cluster, nowMs);
    if (input.kind === "alarm") alarm.take(input);
    if (input.kind === "echo") {
      trackers.hear(input);
      otherHub.hear(input);
    }
    if (input.kind !== "evidence") return;
    if (isBeyondMax(cluster, input.node)) this.#parts.refusals.note("nodes", input.node);
    const node = cluster.nodes.get(input.node);
    if (node === undefined) return;
    this.#hearNode(node, input, cluster);
  }

  #hearNode(
    node: NodeState,
    { message, link }: Evidence & FromBroker,
    cluster: ClusterState,
  ): void {
    const { losses, vitals, ownNetwork } = this.#parts;
    this.#unsaved.add(node);
    losses.heard(node, message.kind);
    if (message.kind === "birth") ownNetwork.nodesChanged();
    const hasVitals = message.kind === "vitals" || message.kind === "heartbeat";
    // Vitals of another session do not belong to the node.
    if (!hasVitals || message.vitals === undefined || message.session !== node.session) return;
    // What comes by several brokers is kept once.
    const [carrier] = carriersOf(cluster, node);
    if ((carrier?.index ?? 0) === (link ?? 0)) vitals.take(node.id, message.vitals);
  }

  #showWhenWritten(recorded: readonly Recorded<MonitorStep>[], nodes: Nodes): void {
    const show = (nodeOf: NodeLookup) => {
      for (const one of recorded) this.#show(one, nodeOf);
      this.#views.publishVerdicts();
    };
    const lasts = recorded.some(({ step }) => step.outputs.some(isLasting));
    if (!lasts && !this.#shows.isWaiting) return show((id) => nodes.get(id));
    // Shows the nodes as they are now, because later changes are not on disk at that time.
    const known = copiesOf(recorded.flatMap(({ step }) => nodesOf(step)), nodes);
    this.#shows.whenWritten(() => show((id) => known.get(id) ?? nodes.get(id)));
  }

  /** Shows a step that is on disk. */
  #show(
    { step, incidents, messages }: Recorded<MonitorStep>,
    nodeOf: NodeLookup,
  ): void {
    const { state: { cluster: { nodes } }, input } = step;
    this.#waiting.get(input)?.resolve(incidents);
    this.#waiting.delete(input);
    this.#stepViews.show(step, nodeOf);
    if (incidents.size + messages.size > 0) this.#parts.feed.historyChanged(incidents, messages);
    if (input.kind === "link" && input.up) this.#publishAll(nodes.keys());
  }

  /**
   * Passes a person's action to the monitor. Resolves with the ids of its incidents once it is on
   * disk, or when the disk is too slow for a person to wait. Rejects when the hub stops first.
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

  /** Saves what changes too often to be saved each time. */
  save(): void {
    const { wallClock, store, recorder } = this.#parts;
    this.#savedMs = wallClock.nowMs();
    store.transaction(() => {
      recorder.saveNodes(this.#unsaved);
      wallClock.stamp();
    });
    this.#unsaved.clear();
  }

  #dropUnsaved(id: string): void {
    for (const node of this.#unsaved) if (node.id === id) this.#unsaved.delete(node);
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
