/** Requests over the hub's own socket: who may open it is its owner, and is asked for no password. */

import type { Context } from "hono";

/** Passed to the application in place of a connection. No request can make it up. */
export const BY_OWN_SOCKET: Readonly<Record<string, never>> = Object.freeze({});

export function isByOwnSocket(context: Context): boolean {
  return context.env === BY_OWN_SOCKET;
}
