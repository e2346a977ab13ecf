/** What is so and what was: nodes, incidents, deliveries, figures. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { guestIncident, guestNode } from "../../core/guest_view.ts";
import type { Access } from "../access.ts";
import type { Metrics } from "../metrics.ts";
import { deliveryView, incidentView, type Projection } from "../projection.ts";
import type { Store } from "../store/store.ts";
import { isAdmitted } from "./login.ts";

/** Rows of history that one answer holds. */
const ROWS_MAX = 1000;

export interface HistoryOptions {
  readonly metrics: Metrics;
  readonly projection: Projection;
  readonly store: Store;
  readonly access: Access;
  /** Anyone may look, who then is a guest. */
  readonly publicStatus: boolean;
  /** Whom the cluster is shown to, and whom also the recipients. */
  readonly mayLook: MiddlewareHandler;
  readonly mayAct: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function historyRoutes(options: HistoryOptions): Hono {
  const { metrics, projection, store, access, publicStatus, mayLook, mayAct } = options;
  const routes = new Hono();
  const isGuest = (context: Context) => publicStatus && !isAdmitted(context, access);
  routes.get("/api/v1/nodes", mayLook, (context) => {
    const nodes = projection.nodes();
    const blind = projection.blind !== null;
    return context.json({ blind, nodes: isGuest(context) ? nodes.map(guestNode) : nodes });
  });
  routes.get("/api/v1/incidents", mayLook, (context) => {
    const incidents = store.incidents.newest(limitOf(context)).map(incidentView);
    return context.json({ incidents: isGuest(context) ? incidents.map(guestIncident) : incidents });
  });
  routes.get(
    "/api/v1/deliveries",
    mayAct,
    (context) =>
      context.json({ deliveries: store.outbox.newest(limitOf(context)).map(deliveryView) }),
  );
  routes.get("/metrics", mayLook, async (context) => {
    const { contentType, text } = await metrics.render();
    return context.body(text, 200, { "Content-Type": contentType });
  });
  return routes;
}

function limitOf(context: Context): number {
  const limit = Number(context.req.query("limit") ?? ROWS_MAX);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, ROWS_MAX) : ROWS_MAX;
}
