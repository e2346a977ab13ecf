/** Dates what an earlier run left behind anew: the wall clock was wrong when this run began. */

import type { MonitorState } from "./monitor_state.ts";

/**
 * The calendar stepped, and says now when what this run inherited was. Instants are monotonic; what this
 * run saw for itself needs no calendar and stays.
 */
export interface RedatedInput {
  readonly kind: "redated";
  /** When this run began: what it inherited is not younger. */
  readonly beganMs: number;
  /** The last sign of life, by node. */
  readonly lastHeardMs: ReadonlyMap<string, number>;
  /** The beginning of each death that was open, and the last sign of life before it, by node. */
  readonly deaths: ReadonlyMap<
    string,
    { readonly startedAtMs: number; readonly lastHeardMs: number | undefined }
  >;
}

/** Moves what is inherited into the past only: a Pi's calendar is behind at its boot, not ahead. */
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
