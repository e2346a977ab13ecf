/** The availability of nodes over HTTP. */

import * as v from "valibot";
import { AVAILABILITY_SPANS_MS, type AvailabilitySpan } from "../../../core/history/history.ts";
import type { Availability } from "../../history/availability.ts";
import type { Projection } from "../../live/projection.ts";
import type { Api } from "../api/api.ts";
import { AVAILABILITY } from "../api/examples.ts";
import { availability as availabilitySchema } from "../schema/history.ts";
import { choiceOf, nodeInQuery, queryOf } from "../schema/input.ts";
import { NO_SUCH_NODE, noSuchNode } from "./no_such_node.ts";

const SPANS = Object.keys(AVAILABILITY_SPANS_MS) as readonly AvailabilitySpan[];

export interface AvailabilityRoutesOptions {
  readonly availability: Availability;
  readonly projection: Projection;
}

const operation = {
  id: "getAvailability",
  method: "get",
  path: "/api/v1/availability",
  tag: "History",
  summary: "How available nodes were",
  description: "All nodes, or the one that is named.",
  access: "viewer",
  query: queryOf({
    span: v.optional(choiceOf(SPANS), "24h"),
    node: v.optional(nodeInQuery),
  }),
  isCompressed: true,
  answer: {
    description: "Shares and segments, by the node's id.",
    schema: availabilitySchema,
    example: AVAILABILITY,
  },
  failures: [NO_SUCH_NODE],
} as const;

export function availabilityRoutes(
  api: Api,
  { availability, projection }: AvailabilityRoutesOptions,
): void {
  api.ask(operation, async (context, { span, node }) => {
    if (node === undefined) return context.json(await availability.ofAll(span));
    if (projection.node(node) === undefined) return noSuchNode(context, node, projection);
    return context.json(await availability.ofNode(node, span));
  });
}
