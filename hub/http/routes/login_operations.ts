/** The operations of login and logout. */

import * as v from "valibot";
import { done } from "../schema/answers.ts";

const OF_LOGIN = { method: "post", tag: "Access", access: "anyone" } as const;

/** Other keys are ignored. */
export const loginBody = v.object({ password: v.string() });

export const loginOperation = {
  ...OF_LOGIN,
  id: "login",
  path: "/api/v1/login",
  summary: "Begin a session of a browser",
  description: "It ends 30 days after its last use.",
  body: loginBody,
  bodyExample: { password: "the hub's password" },
  answer: { description: "The cookie of the session is set.", schema: done, example: {} },
  failures: [
    { status: 401, code: "unauthorized", description: "The password is wrong." },
    { status: 429, code: "too_many_attempts", description: "Too many wrong passwords at once." },
  ],
} as const;

export const logoutOperation = {
  ...OF_LOGIN,
  id: "logout",
  path: "/api/v1/logout",
  summary: "End the session, and close its WebSocket",
  answer: { description: "The cookie is taken away.", schema: done, example: {} },
} as const;
