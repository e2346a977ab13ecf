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
  | 405
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
