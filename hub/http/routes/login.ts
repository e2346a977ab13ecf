/** Guards of the routes: the password as Bearer token, or the cookie of a login. */

import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import * as v from "valibot";
import type { Access, Login } from "../access.ts";
import { failure, tooMany } from "../answer.ts";
import { badRequest } from "../api/api.ts";
import { isByOwnSocket } from "../own_socket.ts";
import { isPageName } from "../page_names.ts";
import { isByTls, requestOriginOf } from "../request_origin.ts";
import { loginBody } from "./login_operations.ts";

const SESSION_COOKIE = "rpi_cluster_session";
/** Browsers keep no cookie for longer. The hub decides when the session ends. */
const COOKIE_S = 400 * 24 * 3600;
/** The maximum length of an unknown host name in an error. */
const NAME_SHOWN_MAX = 100;

/** The sender of a request; `session`: a browser that logged in. */
type Visitor =
  | { readonly kind: "owner"; readonly session: number | undefined }
  | { readonly kind: "stranger" }
  /** Its password may not have been checked. */
  | { readonly kind: "put_off"; readonly retryAfterS: number };

/** The sender that the guard of a route has found. */
const VISITOR = "visitor";
/** The signal of the original request. */
const HUNG_UP = "hungUp";

/** Runs before `limitBody`, which replaces a request of unknown length by another one. */
export function noticeHangUp(): MiddlewareHandler {
  return async (context, next) => {
    context.set(HUNG_UP, context.req.raw.signal);
    await next();
  };
}

/** Passes requests after a login. */
export function requireLogin(access: Access): MiddlewareHandler {
  return async (context, next) => {
    const visitor = await visitorOf(context, access);
    context.set(VISITOR, visitor);
    if (visitor.kind === "owner") return await next();
    if (visitor.kind === "put_off") return tooManyPasswords(context, visitor.retryAfterS);
    return unauthorized(context, "Log in, or send the password as Bearer token");
  };
}

/**
 * Passes all requests. Without a login the sender is a guest. Under a host name that is not the
 * hub's, only requests after a login pass.
 */
export function admitGuests(access: Access, names: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const visitor = await visitorOf(context, access);
    context.set(VISITOR, visitor);
    if (visitor.kind === "put_off") return tooManyPasswords(context, visitor.retryAfterS);
    const strange = visitor.kind === "stranger"
      ? requestOriginOf(context).hosts.find((host) => !isPageName(host, names))
      : undefined;
    if (strange === undefined) return await next();
    const name = JSON.stringify(strange.slice(0, NAME_SHOWN_MAX));
    const message = `Log in: guests are not shown the cluster by the name ${name}. ` +
      "If it is the hub's, write it into [hub] names";
    return unauthorized(context, message);
  };
}

function tooManyPasswords(context: Context, retryAfterS: number): Response {
  const message = `Too many wrong passwords at once: try again in ${retryAfterS} s`;
  return tooMany(context, message, retryAfterS);
}

function unauthorized(context: Context, message: string): Response {
  context.header("WWW-Authenticate", "Bearer");
  return failure(context, 401, { code: "unauthorized", message });
}

/** Whether the sender that passed a guard is a guest. */
export function isGuest(context: Context): boolean {
  const visitor: Visitor | undefined = context.get(VISITOR);
  return visitor?.kind !== "owner";
}

/** The session of the sender that passed a guard; `undefined` for programs and guests. */
export function sessionIn(context: Context): number | undefined {
  const visitor: Visitor | undefined = context.get(VISITOR);
  return visitor?.kind === "owner" ? visitor.session : undefined;
}

/** Finds the sender. A wrong Bearer token counts as an attempt to log in. */
async function visitorOf(context: Context, access: Access): Promise<Visitor> {
  if (isByOwnSocket(context)) return { kind: "owner", session: undefined };
  const bearer = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1];
  if (bearer === undefined) {
    const session = sessionOf(context, access);
    return session === undefined ? { kind: "stranger" } : { kind: "owner", session };
  }
  const result = await attempt(context, access, bearer);
  switch (result.kind) {
    case "admitted":
      return { kind: "owner", session: undefined };
    case "wrong":
      return { kind: "stranger" };
    case "too_many":
      return { kind: "put_off", retryAfterS: result.retryAfterS };
  }
}

async function attempt(context: Context, access: Access, password: string): Promise<Login> {
  const hungUp: AbortSignal = context.get(HUNG_UP) ?? context.req.raw.signal;
  return await access.login(password, requestOriginOf(context).address, hungUp);
}

/** Sets the cookie if the password is right. */
export async function logIn(context: Context, access: Access): Promise<Response> {
  const json: unknown = await context.req.json().catch(() => undefined);
  const body = v.safeParse(loginBody, json);
  // The error does not repeat the value: it may be a mistyped password.
  if (!body.success) return badRequest(context, 'Expected {"password":"..."} as JSON');
  const result = await attempt(context, access, body.output.password);
  switch (result.kind) {
    case "too_many":
      return tooManyPasswords(context, result.retryAfterS);
    case "wrong":
      return failure(context, 401, { code: "unauthorized", message: "The password is wrong" });
    case "admitted": {
      // A browser that logs in again gets a new session.
      const former = sessionOf(context, access);
      if (former !== undefined) access.sessions.end(former);
      const { address } = requestOriginOf(context);
      const token = access.sessions.begin(address, context.req.header("User-Agent") ?? "");
      setCookie(context, SESSION_COOKIE, token, { ...flagsOf(context), maxAge: COOKIE_S });
      return context.json({});
    }
  }
}

/** Ends the session and deletes the cookie. */
export function logOut(context: Context, access: Access): Response {
  const session = sessionOf(context, access);
  if (session !== undefined) access.sessions.end(session);
  setCookie(context, SESSION_COOKIE, "", { ...flagsOf(context), maxAge: 0 });
  return context.json({});
}

function sessionOf(context: Context, access: Access): number | undefined {
  const token = getCookie(context, SESSION_COOKIE);
  return token === undefined ? undefined : access.sessions.use(token);
}

function flagsOf(context: Context) {
  return { path: "/", httpOnly: true, sameSite: "Strict", secure: isUnderTls(context) } as const;
}

/** A proxy's header is trusted here, because it only decides a flag of the sender's own cookie. */
function isUnderTls(context: Context): boolean {
  const [forwarded = ""] = (context.req.header("X-Forwarded-Proto") ?? "").split(",");
  return isByTls(context) || forwarded.trim().toLowerCase() === "https" ||
    new URL(context.req.url).protocol === "https:";
}
