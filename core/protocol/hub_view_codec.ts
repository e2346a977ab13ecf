/** Encodes and decodes the hub's view of the cluster. */

import * as v from "valibot";
import { type Decoded, parseObject, validate } from "./decoding.ts";
import { type HubView, LISTED_LIVENESS, type ListedNode } from "./hub_view.ts";
import { entries, nodeId } from "./node_schema.ts";
import { session } from "./status_decoding.ts";
import { storageFaultOf } from "./storage.ts";
import { PAYLOAD_MAX } from "./wire.ts";

/** An age that is longer than this, in ms, counts as this long. */
const AGE_MS_MAX = 10 ** 12;
/** The longest list that the hub publishes, in bytes. The ids and codes in it are ASCII. */
const LIST_BYTES_MAX = PAYLOAD_MAX - 512;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const listedSchema = v.pipe(
  v.object({
    liveness: v.picklist(LISTED_LIVENESS),
    for_ms: v.pipe(v.number(), v.transform((ms) => Math.min(AGE_MS_MAX, Math.max(0, ms)))),
    alert: v.optional(v.boolean(), true),
    storage_fault: v.optional(v.string()),
  }),
  v.transform(({ liveness, for_ms, alert, storage_fault }): ListedNode => ({
    liveness,
    forMs: for_ms,
    isAlertable: alert,
    fault: storage_fault === undefined ? undefined : storageFaultOf(storage_fault),
  })),
);
const listed = v.pipe(
  entries,
  v.array(v.tuple([nodeId, listedSchema])),
  v.transform((entries) => new Map(entries)),
);
const viewSchema = v.object({
  session,
  number: count,
  blind: v.boolean(),
  nodes: count,
  listed,
  unlisted: count,
});

export function decodeHubView(payload: string, retained: boolean): Decoded<HubView> {
  const json = parseObject(payload);
  if (!json.ok) return json;
  const found = validate(viewSchema, json.value);
  return found.ok ? { ok: true, value: { kind: "hub_view", ...found.value, retained } } : found;
}

/**
 * Encodes a view of the nodes that are not well, the most important first. Those for which the
 * message has no place are only counted.
 */
export function encodeHubView(
  view: Pick<HubView, "session" | "number" | "blind" | "nodes">,
  unwell: Iterable<readonly [id: string, node: ListedNode]>,
): string {
  const { session, number, blind, nodes } = view;
  const shown: Record<string, unknown> = {};
  let unlisted = 0;
  let bytes = 0;
  for (const [id, { liveness, forMs, isAlertable, fault }] of unwell) {
    if (unlisted > 0) {
      unlisted++;
      continue;
    }
    const entry = {
      liveness,
      for_ms: Math.round(forMs),
      ...(isAlertable ? {} : { alert: false }),
      ...(fault === undefined ? {} : { storage_fault: fault }),
    };
    bytes += JSON.stringify(entry).length + id.length + ',"":'.length;
    if (bytes <= LIST_BYTES_MAX) shown[id] = entry;
    else unlisted++;
  }
  return JSON.stringify({ session, number, blind, nodes, listed: shown, unlisted });
}
