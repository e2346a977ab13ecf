/** Decodes silences of buzzers from the network, or gives the reason why it cannot. */

import * as v from "valibot";
import { type Decoded, validate } from "./decoding.ts";
import { entries, nodeId } from "./node_schema.ts";
import { parseRfc3339 } from "./rfc3339.ts";
import { type AlarmMessage, QUIET_NODES_MAX } from "./wire.ts";

const instantMs = v.pipe(
  v.string(),
  v.transform(parseRfc3339),
  v.number("expected a time of RFC 3339 such as 2026-11-22T15:00:00Z"),
);
const instantOrNoneMs = v.pipe(
  v.nullish(instantMs),
  v.transform((ms) => ms ?? undefined),
);
const nodeSilence = v.pipe(
  v.object({ until: instantMs, since: instantOrNoneMs }),
  v.transform(({ until, since }) => ({ untilMs: until, sinceMs: since })),
);
const nodes = v.pipe(
  entries,
  v.maxLength(QUIET_NODES_MAX, `expected at most ${QUIET_NODES_MAX} nodes`),
  v.array(v.tuple([nodeId, nodeSilence])),
  v.transform((entries) => new Map(entries)),
);
const nodeIds = v.pipe(v.array(nodeId), v.transform((ids) => new Set(ids)));
const alarmSchema = v.object({
  copy: v.optional(v.unknown()),
  node: v.optional(nodeId),
  at: instantOrNoneMs,
  silenced_until: v.pipe(v.nullable(instantMs), v.transform((ms) => ms ?? undefined)),
  since: instantOrNoneMs,
  maintenance_until: v.optional(instantOrNoneMs),
  nodes: v.optional(nodes),
  acknowledged: v.optional(nodeIds, []),
});

/**
 * Decodes the silence in the JSON object of a payload. Unknown keys are ignored. `isHub`: it came
 * on the topic of the hub.
 */
export function decodeAlarm(
  payload: object,
  { isHub, retained }: { readonly isHub: boolean; readonly retained: boolean },
): Decoded<AlarmMessage> {
  const found = validate(alarmSchema, payload);
  if (!found.ok) return found;
  const { copy, node, at, silenced_until, since, ...more } = found.value;
  const { maintenance_until, nodes, acknowledged } = more;
  const planned = nodes === undefined
    ? undefined
    : { maintenanceUntilMs: maintenance_until, nodes, acknowledged };
  return {
    ok: true,
    value: {
      kind: "alarm",
      source: isHub ? "hub" : copy === true ? "copy" : "press",
      node,
      atMs: at,
      silencedUntilMs: silenced_until,
      sinceMs: since,
      planned,
      retained,
    },
  };
}
