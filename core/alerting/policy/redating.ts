/**
 * Corrects the instants from an earlier run, because the wall clock was wrong when this run began.
 */

import type { MonitorState } from "./monitor_state.ts";

/**
 * The wall clock stepped, so the instants from the earlier run are now known. Instants are
 * monotonic. What this run observed itself does not depend on the wall clock and is unchanged.
 */
export interface RedatedInput {
  readonly kind: "redated";
  /** When this run began. Everything from the earlier run is older. */
  readonly beganMs: number;
  /** The last sign of life, by node. */
  readonly lastHeardMs: ReadonlyMap<string, number>;
  /** The beginning of each open death, and the last sign of life before it, by node. */
  readonly deaths: ReadonlyMap<
    string,
    { readonly startedAtMs: number; readonly lastHeardMs: number | undefined }
  >;
}

/** Moves old instants only into the past, because a Pi's wall clock is slow at boot, not fast. */
export function redate({ cluster, policy }: MonitorState, input: RedatedInput): void {
  const { beganMs } = input;
  for (const [id, heardMs] of input.lastHeardMs) {
    const node = cluster.nodes.get(id);
    if (node?.lastHeardMs === undefined || node.lastHeardMs > beganMs) continue;
    node.lastHeardMs = Math.min(node.lastHeardMs, heardMs);
  }
  for (const [id, death] of input.deaths) {
    const known = policy.incidents.get(`node ${id}`);
    if (known === undefined || known.startedAtMs > beganMs) continue;
    known.startedAtMs = Math.min(known.startedAtMs, death.startedAtMs);
    if (known.lastHeardMs === undefined || death.lastHeardMs === undefined) continue;
    known.lastHeardMs = Math.min(known.lastHeardMs, death.lastHeardMs);
  }
}
