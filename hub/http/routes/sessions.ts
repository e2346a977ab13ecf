/** Who is logged in, and the end of it. */

import { Hono, type MiddlewareHandler } from "hono";
import type { Access } from "../access.ts";
import { failure } from "../answer.ts";
import { refuseOthersForms } from "../origin.ts";
import { sessionIn } from "./login.ts";

export interface SessionRoutesOptions {
  readonly access: Access;
  readonly operator: MiddlewareHandler;
}

/** The routes, with their whole paths. A program that asks by the password has no session itself. */
export function sessionRoutes({ access, operator }: SessionRoutesOptions): Hono {
  const { sessions } = access;
  const routes = new Hono();
  routes.get("/api/v1/sessions", operator, (context) => {
    return context.json({ sessions: sessions.all(sessionIn(context)) });
  });
  routes.delete("/api/v1/sessions", operator, refuseOthersForms(), (context) => {
    sessions.endOthers(sessionIn(context));
    return context.json({});
  });
  routes.delete("/api/v1/sessions/:id", operator, refuseOthersForms(), (context) => {
    const text = context.req.param("id");
    if (/^\d{1,15}$/.test(text) && sessions.end(Number(text))) return context.json({});
    return failure(context, 404, { code: "not_found", message: "There is no such session" });
  });
  return routes;
}
