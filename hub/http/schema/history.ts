/** Schemas of the history of nodes. */

import * as v from "valibot";
import type {
  AvailabilityView,
  TransitionView,
  VitalsHistoryView,
} from "../../../core/history/history.ts";
import { exactly } from "./exactly.ts";
import { instant, liveness, nodeId } from "./values.ts";

const transition = exactly<TransitionView>()(v.object({
  at: instant,
  from: liveness,
  to: liveness,
  reason: v.pipe(
    v.picklist([
      "heartbeat",
      "birth",
      "last_will",
      "stop",
      "restart",
      "reboot",
      "poweroff",
      "farewell",
      "silence",
      "not_heard",
      "not_back",
      "not_started",
      "not_returned",
      "agent_silent",
      "removed",
    ]),
    v.description("Why the node changed its state; removed: it is no longer watched."),
  ),
}));
export const transitions = v.pipe(
  v.object({ transitions: v.array(transition) }),
  v.description("Changes of a node's liveness, newest first."),
);

const availabilityOfNode = v.object({
  percent: v.pipe(
    v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(100))),
    v.description(
      "Up and late, of the time of which it is known that the node should run; null: none.",
    ),
  ),
  segments: v.pipe(
    v.array(v.object({
      from: instant,
      to: instant,
      state: v.picklist(["up", "late", "down", "stopped", "unknown"]),
    })),
    v.description("Oldest first, without gaps, from the span's beginning to its end."),
  ),
});
export const availability = exactly<AvailabilityView>()(v.pipe(
  v.object({
    span: v.picklist(["24h", "30d", "90d"]),
    from: instant,
    to: instant,
    nodes: v.pipe(v.record(nodeId, availabilityOfNode), v.description("By id.")),
  }),
  v.description("How available nodes were."),
));

export const vitalsHistory = exactly<VitalsHistoryView>()(v.pipe(
  v.object({
    span: v.picklist(["1h", "24h", "7d", "30d"]),
    from: instant,
    to: instant,
    kinds: v.pipe(
      v.record(v.string(), v.array(v.strictTuple([v.number(), v.nullable(v.number())]))),
      v.description(
        "By the vital's name, oldest first: seconds since 1970 and the mean about then, null where " +
          "nothing was heard. A flag is 0 or 1.",
      ),
    ),
  }),
  v.description("What a node measured."),
));
