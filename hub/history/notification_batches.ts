/** Changes of notifications that are written together. */

import type { MonitorOutput } from "../../core/alerting/policy/monitor.ts";
import type { NotificationChange } from "../../core/alerting/incident/notification_log.ts";

/** The same change of several incidents. */
export interface NotificationBatch extends Pick<NotificationChange, "route" | "state" | "atMs"> {
  readonly kind: "notifications";
  readonly incidents: readonly number[];
}

/** Batches equal changes, in the order of the outputs. A message may be about thousands of incidents. */
export function batched(
  outputs: readonly MonitorOutput[],
): readonly (Exclude<MonitorOutput, NotificationChange> | NotificationBatch)[] {
  const batches: (Exclude<MonitorOutput, NotificationChange> | NotificationBatch)[] = [];
  let open: (NotificationBatch & { readonly incidents: number[] }) | undefined;
  for (const output of outputs) {
    if (output.kind !== "notification") {
      open = undefined;
      batches.push(output);
    } else if (open !== undefined && isSame(open, output)) open.incidents.push(output.incident);
    else {
      const { incident, route, state, atMs } = output;
      open = { kind: "notifications", incidents: [incident], route, state, atMs };
      batches.push(open);
    }
  }
  return batches;
}

function isSame(one: NotificationBatch, other: NotificationChange): boolean {
  return one.route === other.route && one.state === other.state && one.atMs === other.atMs;
}
