/** Whether another page than the hub's own asks: browsers say so, and programs say nothing. */

import type { Context, MiddlewareHandler } from "hono";
import { failure } from "./answer.ts";
import { requestOriginOf } from "./request_origin.ts";

/** What a browser says is repeated at most so far. */
const SHOWN_LENGTH_MAX = 100;
/** What browsers say of our own page, and of a person who typed the address. */
const OURS: readonly string[] = ["same-origin", "none"];

/** What is wrong with the page that asks; `undefined` for our own, and for programs. */
export function foreignness(context: Context): string | undefined {
  const origin = context.req.header("Origin");
  // No page can forge this header. Browsers send it over TLS and to this very machine.
  const site = context.req.header("Sec-Fetch-Site");
  if (site !== undefined) {
    return OURS.includes(site) ? undefined : wording(`Sec-Fetch-Site ${shown(site)}`, context);
  }
  if (origin === undefined || isOurs(origin, context)) return undefined;
  return wording(`Origin ${shown(origin)}`, context);
}

/** The answer to another page. */
export function foreignPage(context: Context, message: string): Response {
  return failure(context, 403, { code: "foreign_origin", message });
}

/** Lets pass our own page, and programs. */
export function refuseForeignPages(): MiddlewareHandler {
  return async (context, next) => {
    const message = foreignness(context);
    return message === undefined ? await next() : foreignPage(context, message);
  };
}

/**
 * Lets pass what our own page and programs send. Another page cannot send the cookie, which is
 * SameSite=Strict, nor JSON or a DELETE without being allowed to: each would do alone.
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
 * Scheme, host and port are compared. Where nobody knows whether a proxy took TLS off, the browser's
 * scheme is taken for the hub's: a page on another port of the same machine is still another.
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

function wording(said: string, context: Context): string {
  const { host, scheme } = requestOriginOf(context);
  return `This page does not belong to the hub: the browser says ${said}, and the hub was asked ` +
    `as ${shown(scheme === undefined ? host : `${scheme}://${host}`)}. A proxy in between must ` +
    "pass on Host with its port";
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX));
}
