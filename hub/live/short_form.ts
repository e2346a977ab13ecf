/**
 * The short form of the feed: of a changed node the keys that differ, and of steady heartbeats
 * nothing.
 */

import type { Change, Snapshot } from "../../core/api/feed.ts";
import { type NodePatch, patchOf } from "../../core/api/node_patch.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import { type LastHeard, Steadiness } from "./steadiness.ts";

export class ShortForm {
  /**
   * What every viewer of the short form knows of a node. A node that is missing here is sent whole.
   */
  readonly #known = new Map<string, NodeView>();
  readonly #steadiness = new Steadiness();

  /** There is no viewer of the short form any more. */
  clear(): void {
    this.#known.clear();
    this.#steadiness.clear();
  }

  /** The first message of a viewer. `isFirst`: no other viewer has the short form. */
  snapshot(snapshot: Snapshot, isFirst: boolean): Snapshot {
    if (isFirst) this.clear();
    for (const node of snapshot.nodes) {
      if (isFirst) this.#known.set(node.id, node);
      // The new viewer knows more than the others, so no difference fits all of them.
      else if (this.#isDifferent(node)) this.#known.delete(node.id);
    }
    return { ...snapshot, steady: this.#steadiness.steady };
  }

  change(
    { nodes = [], heard: _, ...rest }: Change,
    { lastHeard, nowMs }: { readonly lastHeard: () => Iterable<LastHeard>; readonly nowMs: number },
  ): Change {
    for (const id of rest.removed ?? []) this.#forget(id);
    const whole: NodeView[] = [];
    const patches: Record<string, NodePatch> = {};
    for (const node of nodes) {
      const patch = this.#patch(node);
      if (patch === undefined) whole.push(node);
      else if (Object.keys(patch).length > 0) patches[node.id] = patch;
    }
    return {
      ...rest,
      ...(whole.length > 0 ? { nodes: whole } : {}),
      ...(isEmpty(patches) ? {} : { patches }),
      ...(this.#steadiness.isDue(nowMs) ? this.#look(lastHeard(), nowMs) : {}),
    };
  }

  /** Returns `undefined` when the node must be sent whole. */
  #patch(node: NodeView): NodePatch | undefined {
    const before = this.#known.get(node.id);
    this.#known.set(node.id, node);
    const patch = before && patchOf(before, node);
    if (patch !== undefined && node.liveness === "alive" && this.#steadiness.has(node.id)) {
      return patch;
    }
    this.#steadiness.drop(node.id);
    return patch && { ...patch, last_heartbeat_at: node.last_heartbeat_at };
  }

  #look(lastHeard: Iterable<LastHeard>, nowMs: number): Pick<Change, "steady" | "ages"> {
    const { became, ages } = this.#steadiness.look(lastHeard, nowMs);
    return {
      ...(became.length > 0 ? { steady: became } : {}),
      ...(isEmpty(ages) ? {} : { ages }),
    };
  }

  #isDifferent(node: NodeView): boolean {
    const known = this.#known.get(node.id);
    const patch = known && patchOf(known, node);
    return patch === undefined || !isEmpty(patch);
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#steadiness.drop(id);
  }
}

function isEmpty(record: object): boolean {
  for (const _ in record) return false;
  return true;
}
