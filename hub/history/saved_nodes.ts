/** Remembers the state of nodes on disk, so that only changed nodes are written. */

import type { NodeState } from "../../core/detection/node_state.ts";

/** All stored values of a node except its last sign of life. */
type Content = readonly unknown[];

export class SavedNodes {
  readonly #saved = new Map<string, { readonly node: NodeState; readonly content: Content }>();
  readonly #beganMs: number;

  /** `beganMs` is when this run began. */
  constructor(beganMs: number) {
    this.#beganMs = beganMs;
  }

  /** Whether the node differs from its state on disk, except in its last sign of life. */
  isChanged(node: NodeState): boolean {
    const saved = this.#saved.get(node.id);
    if (saved === undefined || saved.node !== node) return true;
    const content = contentOf(node);
    return content.some((value, index) => value !== saved.content[index]);
  }

  /** The node was written as it is now. */
  note(node: NodeState): void {
    this.#saved.set(node.id, { node, content: contentOf(node) });
  }

  forget(id: string): void {
    this.#saved.delete(id);
  }

  /**
   * The last sign of life of all nodes that this run heard and wrote, by id. `wallMs` converts an
   * instant.
   */
  heardMs(wallMs: (atMs: number) => number): ReadonlyMap<string, number> {
    const heard = new Map<string, number>();
    for (const [id, { node: { lastHeardMs } }] of this.#saved) {
      if (lastHeardMs !== undefined && lastHeardMs > this.#beganMs) {
        heard.set(id, wallMs(lastHeardMs));
      }
    }
    return heard;
  }
}

/** Facts are replaced as a whole and never changed, so comparing their identity is enough. */
function contentOf(node: NodeState): Content {
  const { name, facts, liveness, expected, session, leftSession, leftReason, retired } = node;
  const { sinceMs, everyMs, reconnectMs, backByMs } = node;
  const sessions = retired.map((one) => one.session).join(" ");
  return [
    ...[name, facts, liveness, expected, session, leftSession, leftReason, sessions],
    ...[sinceMs, everyMs, reconnectMs, backByMs],
  ];
}
