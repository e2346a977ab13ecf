/** Who may look and act: by the password as Bearer token, or by the cookie of a login. */

import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { getConnInfo } from "hono/deno";
import { type Access, SESSION_COOKIE, SESSION_MS } from "../access.ts";
import { failure } from "./answer.ts";

/** Lets pass whoever is logged in. */
export function requireLogin(access: Access): MiddlewareHandler {
  return async (context, next) => {
    if (isAdmitted(context, access)) return await next();
    context.header("WWW-Authenticate", "Bearer");
    const message = "Log in, or send the password as Bearer token";
    return failure(context, 401, { code: "unauthorized", message });
  };
}

export function isAdmitted(context: Context, access: Access): boolean {
  const bearer = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1];
  if (bearer !== undefined) return access.login(bearer, addressOf(context)).kind === "admitted";
  const cookie = getCookie(context, SESSION_COOKIE);
  return cookie !== undefined && access.isSession(cookie);
}

/** Sets the cookie for whoever knows the password. */
export async function login(context: Context, access: Access): Promise<Response> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const password = typeof body === "object" && body !== null && "password" in body
    ? body.password
    : undefined;
  if (typeof password !== "string") {
    const message = 'Expected {"password":"..."} as JSON';
    return failure(context, 400, { code: "bad_request", message });
  }
  const result = access.login(password, addressOf(context));
  switch (result.kind) {
    case "too_many": {
      context.header("Retry-After", String(result.retryAfterS));
      const message = "Too many wrong passwords: wait a minute";
      return failure(context, 429, { code: "too_many_attempts", message });
    }
    case "wrong":
      return failure(context, 401, { code: "unauthorized", message: "The password is wrong" });
    case "admitted":
      setCookie(context, SESSION_COOKIE, result.cookie, {
        path: "/",
        httpOnly: true,
        sameSite: "Strict",
        secure: new URL(context.req.url).protocol === "https:",
        maxAge: SESSION_MS / 1000,
      });
      return context.json({});
  }
}

/** Takes the cookie away. */
export function logout(context: Context): Response {
  setCookie(context, SESSION_COOKIE, "", { path: "/", maxAge: 0 });
  return context.json({});
}

/** Behind a reverse proxy all have its address; better than to believe a header that anyone can send. */
function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? "unknown";
}
