/** What every part of the HTTP side answers in the same way. */

import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/** No request of ours is longer than a login. */
const BODY_BYTES_MAX = 4096;

/** The statuses of errors. */
export type FailureStatus =
  | 400
  | 401
  | 403
  | 404
  | 409
  | 413
  | 415
  | 426
  | 429
  | 500
  | 503;

/** An error as the contract words it: a code for programs, a message for people. */
export function failure(
  context: Context,
  status: FailureStatus,
  error: { readonly code: string; readonly message: string },
): Response {
  return context.json({ error }, status);
}

/** The answer to whoever asks too often. */
export function tooMany(context: Context, message: string, retryAfterS: number): Response {
  context.header("Retry-After", String(retryAfterS));
  return failure(context, 429, { code: "too_many_attempts", message });
}

/** Reads no body that is longer than any of ours. */
export function limitBody(): MiddlewareHandler {
  const message = `Expected at most ${BODY_BYTES_MAX} bytes`;
  return bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (context) => failure(context, 413, { code: "too_large", message }),
  });
}

/**
 * Whether a browser says that another page than ours asks. Browsers send the page's origin along with
 * whatever changes something; programs send none.
 */
export function isForeignPage(context: Context): boolean {
  const origin = context.req.header("Origin");
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== context.req.header("Host");
}

/** The answer to another page. */
export function foreignPage(context: Context): Response {
  const message = "This page does not belong to the hub";
  return failure(context, 403, { code: "foreign_origin", message });
}

/** Lets pass our own page, and programs. */
export function refuseForeignPages(): MiddlewareHandler {
  return async (context, next) => isForeignPage(context) ? foreignPage(context) : await next();
}

/**
 * Lets pass what our own page and programs send. Another page cannot send the cookie, which is
 * SameSite=Strict, nor JSON or a DELETE without being allowed to: each would do alone.
 */
export function refuseOthersForms(): MiddlewareHandler {
  return async (context, next) => {
    if (isForeignPage(context)) return foreignPage(context);
    const type = context.req.header("Content-Type") ?? "";
    if (context.req.method === "DELETE" || /^application\/json\s*(;|$)/i.test(type)) {
      return await next();
    }
    const message = "Content-Type: expected application/json";
    return failure(context, 415, { code: "unsupported_media_type", message });
  };
}
