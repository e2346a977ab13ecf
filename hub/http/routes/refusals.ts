/** Who is refused, for whoever is logged in. */

import { Hono, type MiddlewareHandler } from "hono";
import type { Projection } from "../../live/projection.ts";
import type { Refusals } from "../../live/refusals.ts";

export interface RefusalRoutesOptions {
  readonly projection: Pick<Projection, "now">;
  readonly refusals: Pick<Refusals, "all">;
  readonly operator: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function refusalRoutes(
  { projection, refusals, operator }: RefusalRoutesOptions,
): Hono {
  const routes = new Hono();
  routes.get("/api/v1/refusals", operator, (context) => {
    return context.json({ at: projection.now(), clients: refusals.all() });
  });
  return routes;
}
