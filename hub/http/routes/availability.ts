/** How available nodes were. */

import { Hono, type MiddlewareHandler } from "hono";
import { AVAILABILITY_SPANS_MS, type AvailabilitySpan } from "../../../core/history/history.ts";
import type { Availability } from "../../history/availability.ts";
import type { Projection } from "../../live/projection.ts";
import { badQuery, Query } from "../query.ts";
import { noSuchNode } from "./no_such_node.ts";

const SPANS = Object.keys(AVAILABILITY_SPANS_MS) as readonly AvailabilitySpan[];

export interface AvailabilityRoutesOptions {
  readonly availability: Availability;
  readonly projection: Projection;
  readonly viewer: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function availabilityRoutes(
  { availability, projection, viewer }: AvailabilityRoutesOptions,
): Hono {
  const routes = new Hono();
  routes.get("/api/v1/availability", viewer, async (context) => {
    const query = new Query(context, ["span", "node"]);
    const span = query.choice("span", SPANS) ?? "24h";
    const node = query.node("node");
    if (query.problem !== undefined) return badQuery(context, query.problem);
    if (node === undefined) return context.json(await availability.ofAll(span));
    if (projection.node(node) === undefined) return noSuchNode(context, node, projection);
    return context.json(availability.ofNode(node, span));
  });
  return routes;
}
