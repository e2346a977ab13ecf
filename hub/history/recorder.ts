/** Records the monitor's decisions in one transaction, before they are shown. */

import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type {
  ClusterState,
  Renamed,
  VisibilityChange,
} from "../../core/detection/cluster_state.ts";
import type { NodeState, Transition } from "../../core/detection/node_state.ts";
import type { Clock } from "../../io/time/clock.ts";
import type { Recipients } from "../delivery/recipients.ts";
import type { StoredNode } from "../store/node_rows.ts";
import type { Store } from "../store/store.ts";
import { LateChanges } from "./late_changes.ts";
import { batched } from "./notification_batches.ts";
import { PolicyRecorder } from "./policy_recorder.ts";
import { SavedNodes } from "./saved_nodes.ts";

/** The output of one step of the monitor. */
interface Putting {
  readonly outputs: readonly MonitorOutput[];
}

/** The rows of history that a step touched. */
interface Touched {
  readonly incidents: ReadonlySet<number>;
  readonly messages: ReadonlySet<number>;
}

export interface Recorded<Each> extends Touched {
  readonly step: Each;
}

const NOTHING: Touched = { incidents: new Set(), messages: new Set() };

export class Recorder {
  readonly #store: Store;
  readonly #late = new LateChanges();
  readonly #saved: SavedNodes;
  readonly #policy: PolicyRecorder;
  readonly #clock: Clock;
  /** When this run began. */
  readonly #beganMs: number;

  constructor(store: Store, recipients: Recipients, clock: Clock) {
    this.#store = store;
    this.#policy = new PolicyRecorder(store, recipients, clock);
    this.#clock = clock;
    this.#beganMs = clock.nowMs();
    this.#saved = new SavedNodes(this.#beganMs);
  }

  /**
   * Writes the outputs of some steps in one transaction. They are in memory afterwards, and soon on
   * disk. `cluster` is the state after the last step.
   */
  record<Each extends Putting>(
    steps: readonly Each[],
    cluster: ClusterState,
  ): readonly Recorded<Each>[] {
    const lasting = steps.flatMap(({ outputs }) => outputs.filter(isLasting));
    if (this.#late.keep(lasting, this.#clock.nowMs())) {
      return steps.map((step) => ({ step, ...NOTHING }));
    }
    const late = { outputs: this.#late.take() };
    try {
      return this.#store.transaction(() => {
        this.#writeAll(late, cluster);
        return steps.map((step) => ({ step, ...this.#writeAll(step, cluster) }));
      });
    } catch (error) {
      // If one step cannot be written, the others of the turn must still be written.
      for (const step of [late, ...steps]) this.#writeAlone(step, cluster);
      throw error;
    }
  }

  /**
   * Writes, in the caller's transaction, last signs of life, which change too often to be written
   * each time; nodes that changed without a transition; waiting changes; and that the hub still sees.
   */
  saveNodes(nodes: Iterable<NodeState>): void {
    for (const node of nodes) if (this.#saved.isChanged(node)) this.#saveNode(node);
    for (const change of this.#late.take()) this.#addTransition(change);
    const nowMs = this.#wall(this.#clock.nowMs());
    this.#store.pulse.hear(this.#saved.heardMs((atMs) => this.#wall(atMs)), nowMs);
    this.#store.visibility.extend(nowMs);
  }

  #writeAlone(step: Putting, cluster: ClusterState): void {
    try {
      this.#store.transaction(() => this.#writeAll(step, cluster));
    } catch {
      // The error is known already.
    }
  }

  #writeAll({ outputs }: Putting, cluster: ClusterState): Touched {
    const messages = new Set<number>();
    const incidents = batched(outputs).flatMap((each) => this.#write(each, cluster, messages));
    return { incidents: new Set(incidents), messages };
  }

  /** Returns the incidents that it touched. */
  #write(
    output: ReturnType<typeof batched>[number],
    cluster: ClusterState,
    messages: Set<number>,
  ): readonly number[] {
    const { nodes } = this.#store;
    switch (output.kind) {
      case "transition":
        this.#writeTransition(output, cluster);
        return [];
      case "renamed":
        return this.#rename(output);
      case "removed":
        nodes.remove(output.node);
        this.#late.forget(output.node);
        this.#saved.forget(output.node);
        this.#store.transitions.addRemoval(output.node, this.#wall(output.atMs));
        this.#store.names.remove(output.node);
        for (const id of this.#policy.withdraw(output.node)) messages.add(id);
        return [];
      case "visibility":
        this.#look(output);
        return [];
      case "broker":
      case "send_echo":
      case "send_probe":
      case "duplicate_id":
      case "rebooted":
      case "storage":
      case "access":
      case "node_refused":
        return [];
      default:
        return this.#policy.write(output, messages);
    }
  }

  /** Open incidents take the new name. Ended incidents keep the name that they had. */
  #rename({ node, givenName, name }: Renamed): readonly number[] {
    this.#store.names.set(node, givenName);
    return this.#store.incidents.renameOpen(node, name);
  }

  #writeTransition(transition: Transition, cluster: ClusterState): void {
    const node = cluster.nodes.get(transition.node);
    if (node !== undefined) this.#saveNode(node);
    this.#addTransition(transition);
  }

  #saveNode(node: NodeState): void {
    this.#store.nodes.save(this.#stored(node));
    this.#saved.note(node);
  }

  #addTransition({ node, from, to, reason, atMs, lastHeardMs }: Transition): void {
    const silentMs = to === "dead" && lastHeardMs !== undefined ? atMs - lastHeardMs : undefined;
    this.#store.transitions.add({ node, from, to, reason, atMs: this.#wall(atMs), silentMs });
  }

  #look({ blind, atMs }: VisibilityChange): void {
    const { visibility } = this.#store;
    if (blind) visibility.end(this.#wall(atMs));
    else visibility.begin(this.#wall(this.#beganMs), this.#wall(atMs));
  }

  #stored(node: NodeState): StoredNode {
    const { id, name, facts, liveness, session, everyMs, reconnectMs, lastHeardMs, backByMs } =
      node;
    const { leftReason } = node;
    return {
      id,
      name,
      facts,
      liveness,
      isExpected: node.expected,
      session: node.leftSession ?? session,
      endedSessions: node.retired.map((retired) => retired.session),
      everyMs,
      reconnectMs,
      sinceMs: this.#wall(node.sinceMs),
      lastHeardMs: lastHeardMs === undefined ? undefined : this.#wall(lastHeardMs),
      backByMs: backByMs === Infinity ? undefined : this.#wall(backByMs),
      leftReason,
    };
  }

  #wall(atMs: number): number {
    return this.#clock.wallMs(atMs);
  }
}

/** Whether the output is written to the store. */
export function isLasting({ kind }: MonitorOutput): boolean {
  return kind !== "send_echo" && kind !== "send_probe" && kind !== "duplicate_id" &&
    kind !== "rebooted" && kind !== "storage" && kind !== "access" && kind !== "node_refused";
}
