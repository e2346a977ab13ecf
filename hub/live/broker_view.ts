/** The hub's brokers, as page and API show them. */

import type { BrokerView } from "../../core/api/broker_view.ts";
import type { ClusterState } from "../../core/detection/cluster_state.ts";
import { formatRfc3339 } from "../../core/protocol/rfc3339.ts";
import type { Clock } from "../../io/time/clock.ts";

/** `undefined` for a hub with one broker, whose loss is the hub's blindness. */
export function brokerViews(
  { links, blind, blindReason }: Pick<ClusterState, "links" | "blind" | "blindReason">,
  names: readonly string[],
  clock: Clock,
): readonly BrokerView[] | undefined {
  if (links.length === 1) return undefined;
  return links.map(({ index, sees, lost }) => {
    const broker = names[index] ?? "";
    if (sees) return { broker, sees, since: null, code: null };
    const code = lost?.reason ?? (blind ? blindReason : undefined) ?? "no_connection";
    const since = lost === undefined ? null : formatRfc3339(clock.wallMs(lost.atMs));
    return { broker, sees, since, code };
  });
}
