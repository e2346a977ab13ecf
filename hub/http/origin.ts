/** Detects requests from foreign web pages. Browsers report the origin; programs do not. */

import type { Context, MiddlewareHandler } from "hono";
import { failure } from "./answer.ts";
import { requestOriginOf } from "./request_origin.ts";

/** The longest part of a browser's value that an error text repeats. */
const SHOWN_LENGTH_MAX = 100;
/** The browser's values for our own page and for a typed address. */
const OURS: readonly string[] = ["same-origin", "none"];

/**
 * Returns what is wrong with the requesting page; `undefined` for our own page and for programs.
 */
export function foreignness(context: Context): string | undefined {
  const origin = context.req.header("Origin");
  // No page can forge this header. Browsers send it over TLS and to this machine itself.
  const site = context.req.header("Sec-Fetch-Site");
  if (site !== undefined) {
    return OURS.includes(site) ? undefined : mismatch(`Sec-Fetch-Site ${shown(site)}`, context);
  }
  if (origin === undefined || isOurs(origin, context)) return undefined;
  return mismatch(`Origin ${shown(origin)}`, context);
}

/** Returns the answer to a foreign page. */
export function foreignPage(context: Context, message: string): Response {
  return failure(context, 403, { code: "foreign_origin", message });
}

/** Passes requests of our own page and of programs. */
export function refuseForeignPages(): MiddlewareHandler {
  return async (context, next) => {
    const message = foreignness(context);
    return message === undefined ? await next() : foreignPage(context, message);
  };
}

/**
 * Passes changing requests of our own page and of programs. A foreign page can send neither the
 * cookie, which is SameSite=Strict, nor JSON or a DELETE without permission. Each of these would be
 * enough.
 */
export function refuseOthersForms(): MiddlewareHandler {
  return async (context, next) => {
    const foreign = foreignness(context);
    if (foreign !== undefined) return foreignPage(context, foreign);
    const type = context.req.header("Content-Type") ?? "";
    if (context.req.method === "DELETE" || /^application\/json\s*(;|$)/i.test(type)) {
      return await next();
    }
    const message = "Content-Type: expected application/json";
    return failure(context, 415, { code: "unsupported_media_type", message });
  };
}

/**
 * Compares scheme, host and port. If it is unknown whether a proxy terminated TLS, the browser's
 * scheme counts as the hub's. A page on another port of this machine is still foreign.
 */
function isOurs(origin: string, context: Context): boolean {
  const { host, scheme } = requestOriginOf(context);
  const theirs = originOf(origin);
  if (theirs === undefined) return false;
  return theirs.origin === originOf(`${scheme ?? theirs.protocol.slice(0, -1)}://${host}`)?.origin;
}

function originOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : undefined;
}

function mismatch(found: string, context: Context): string {
  const { host, scheme } = requestOriginOf(context);
  return `This page does not belong to the hub: the browser says ${found}, and the hub was asked ` +
    `as ${shown(scheme === undefined ? host : `${scheme}://${host}`)}. A proxy in between must ` +
    "pass on Host with its port";
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));
}
