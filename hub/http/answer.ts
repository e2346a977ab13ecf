/** Answers that all parts of the HTTP side share. */

import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ApiError, ApiErrorBody } from "../../core/api/error.ts";

/** None of our requests is longer than a login. */
const BODY_BYTES_MAX = 4096;

/** The statuses of errors. */
export type FailureStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 409
  | 410
  | 413
  | 415
  | 426
  | 429
  | 500
  | 503;

/** Returns an error in the API's format. */
export function failure(context: Context, status: FailureStatus, error: ApiError): Response {
  return context.json({ error } satisfies ApiErrorBody, status);
}

/** Returns the answer to too many requests. */
export function tooMany(context: Context, message: string, retryAfterS: number): Response {
  context.header("Retry-After", String(retryAfterS));
  return failure(context, 429, { code: "too_many_attempts", message });
}

/** Refuses request bodies that are longer than any of ours. */
export function limitBody(): MiddlewareHandler {
  const message = `Expected at most ${BODY_BYTES_MAX} bytes`;
  return bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: (context) => failure(context, 413, { code: "too_large", message }),
  });
}
