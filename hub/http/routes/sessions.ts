/** Sessions of browsers over HTTP: list and end. */

import type { Access } from "../access.ts";
import { failure } from "../answer.ts";
import type { Api } from "../api/api.ts";
import { SESSION } from "../api/examples.ts";
import { done, sessions as sessionsSchema } from "../schema/answers.ts";
import { sessionIn } from "./login.ts";

const OF_SESSIONS = { tag: "Access", access: "operator" } as const;
const NO_SUCH_SESSION = "There is no such session";

const sessionsOperation = {
  ...OF_SESSIONS,
  id: "getSessions",
  method: "get",
  path: "/api/v1/sessions",
  summary: "The browsers that are logged in",
  answer: {
    description: "The one that was seen last comes first.",
    schema: sessionsSchema,
    example: { sessions: [SESSION] },
  },
} as const;

const endOthersOperation = {
  ...OF_SESSIONS,
  id: "endOtherSessions",
  method: "delete",
  path: "/api/v1/sessions",
  summary: "Log out all other browsers",
  answer: { description: "They are logged out.", schema: done, example: {} },
} as const;

const endOperation = {
  ...OF_SESSIONS,
  id: "endSession",
  method: "delete",
  path: "/api/v1/sessions/:id",
  summary: "Log out one browser",
  answer: { description: "It is logged out.", schema: done, example: {} },
  failures: [{ status: 404, code: "not_found", description: NO_SUCH_SESSION }],
} as const;

/** A program that uses the password has no session. */
export function sessionRoutes(api: Api, { access }: { readonly access: Access }): void {
  const { sessions } = access;
  api.serve(sessionsOperation, (context) => {
    return context.json({ sessions: sessions.all(sessionIn(context)) });
  });
  api.serve(endOthersOperation, (context) => {
    sessions.endOthers(sessionIn(context));
    return context.json({});
  });
  api.serve(endOperation, (context) => {
    const text = context.req.param("id") ?? "";
    if (/^\d{1,15}$/.test(text) && sessions.end(Number(text))) return context.json({});
    return failure(context, 404, { code: "not_found", message: NO_SUCH_SESSION });
  });
}
