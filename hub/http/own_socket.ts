/**
 * Requests over the hub's own socket: a user that may open it counts as the owner and needs no
 * password.
 */

import type { Context } from "hono";

/** Passed to the application in place of a connection. No request can fake it. */
export const BY_OWN_SOCKET: Readonly<Record<string, never>> = Object.freeze({});

export function isByOwnSocket(context: Context): boolean {
  return context.env === BY_OWN_SOCKET;
}
