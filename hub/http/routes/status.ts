/** How the cluster is, short enough for a widget or a script. */

import { Hono, type MiddlewareHandler } from "hono";
import { guestNode, guestNotification } from "../../../core/api/guest_view.ts";
import { statusView } from "../../../core/api/status_view.ts";
import { VERSION } from "../../../core/version.ts";
import type { Actions } from "../../actions/cluster_actions.ts";
import type { Projection } from "../../live/projection.ts";
import { isGuest } from "./login.ts";

export interface StatusRoutesOptions {
  readonly actions: Pick<Actions, "inForce">;
  readonly projection: Projection;
  readonly viewer: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function statusRoutes({ actions, projection, viewer }: StatusRoutesOptions): Hono {
  const routes = new Hono();
  routes.get("/api/v1/status", viewer, (context) => {
    const guest = isGuest(context);
    const nodes = projection.nodes();
    // Who silenced what is not for passers-by.
    const { silences, maintenance } = guest ? { silences: [], maintenance: [] } : actions.inForce();
    return context.json(statusView({
      at: projection.now(),
      version: VERSION,
      blind: projection.blind,
      notification: guest ? guestNotification(projection.notification) : projection.notification,
      refused: guest ? [] : projection.refused(),
      nodes: guest ? nodes.map(guestNode) : nodes,
      silences,
      maintenance,
    }));
  });
  return routes;
}
