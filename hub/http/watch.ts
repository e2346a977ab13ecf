/** The WebSocket that a browser watches the cluster by. */

import type { Context } from "hono";
import type { Access } from "../access.ts";
import type { Feed, Viewer } from "../feed.ts";
import { failure, foreignPage, isForeignPage } from "./answer.ts";
import { isGuest, sessionIn } from "./login.ts";

/**
 * A browser of which nothing is heard for this long is gone. Deno pings it at half of that, which
 * also keeps proxies from hanging up; the answer of a slow phone has the other half.
 */
const IDLE_S = 40;
/** What a page is told whose session has ended: log in. */
const SESSION_ENDED = 4401;

export interface WatchOptions {
  readonly access: Access;
  readonly feed: Feed;
}

/** Joins the feed. Nothing but the origin keeps foreign pages from it: WebSockets know no other barrier. */
export function watch(context: Context, { feed, access }: WatchOptions): Response {
  if (context.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    const message = "Expected a WebSocket";
    return failure(context, 426, { code: "upgrade_required", message });
  }
  if (isForeignPage(context)) return foreignPage(context);
  const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: IDLE_S });
  const viewer: Viewer = {
    isGuest: isGuest(context),
    send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
    get unreadBytes() {
      return socket.bufferedAmount;
    },
    close: (code, reason) => socket.close(code, reason),
  };
  const session = sessionIn(context);
  const hold = session === undefined ? undefined : access.sessions.watch(session, () => {
    feed.leave(viewer);
    socket.close(SESSION_ENDED, "the session has ended");
  });
  socket.onopen = () => {
    if (!feed.join(viewer)) socket.close(1013, "too many viewers");
  };
  const leave = () => {
    hold?.[Symbol.dispose]();
    feed.leave(viewer);
  };
  socket.onclose = leave;
  socket.onerror = leave;
  return response;
}
