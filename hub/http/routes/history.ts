/** What is so and what was sent: nodes, deliveries, figures. */

import { Hono, type MiddlewareHandler } from "hono";
import { guestNode } from "../../../core/api/guest_view.ts";
import type { Metrics } from "../../live/metrics.ts";
import { deliveryView, type Projection } from "../../live/projection.ts";
import type { Store } from "../../store/store.ts";
import { badQuery, Query, ROWS_MAX } from "../query.ts";
import { isGuest } from "./login.ts";

export interface HistoryOptions {
  readonly metrics: Metrics;
  readonly projection: Projection;
  readonly store: Store;
  /** Whom the cluster is shown to, and whom also the recipients. */
  readonly viewer: MiddlewareHandler;
  readonly operator: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function historyRoutes(options: HistoryOptions): Hono {
  const { metrics, projection, store, viewer, operator } = options;
  const routes = new Hono();
  routes.get("/api/v1/nodes", viewer, (context) => {
    const nodes = projection.nodes();
    const blind = projection.blind !== null;
    return context.json({ blind, nodes: isGuest(context) ? nodes.map(guestNode) : nodes });
  });
  routes.get("/api/v1/deliveries", operator, (context) => {
    const query = new Query(context, ["incident", "limit"]);
    const incident = query.number("incident");
    const limit = Math.min(query.number("limit") ?? ROWS_MAX, ROWS_MAX);
    if (query.problem !== undefined) return badQuery(context, query.problem);
    const rows = incident === undefined
      ? store.outbox.newest(limit)
      : store.outbox.newestAbout(incident, limit);
    return context.json({ deliveries: rows.map(deliveryView) });
  });
  routes.get("/metrics", viewer, async (context) => {
    const { contentType, text } = await metrics.render();
    return context.body(text, 200, { "Content-Type": contentType });
  });
  return routes;
}
