/** The WebSocket that a browser watches the cluster by. */

import type { Context } from "hono";
import type { Access } from "../access.ts";
import type { Feed, Viewer } from "../feed.ts";
import { failure, foreignPage, isForeignPage } from "./answer.ts";
import { visitorOf } from "./login.ts";

/** A browser that answers no ping for this long is gone; pings also keep proxies from hanging up. */
const IDLE_S = 20;
/** What a page is told whose session has ended: log in. */
const SESSION_ENDED = 4401;

export interface WatchOptions {
  readonly access: Access;
  readonly feed: Feed;
  /** Anyone may look, who then is a guest. */
  readonly publicStatus: boolean;
}

/** Joins the feed. Nothing but the origin keeps foreign pages from it: WebSockets know no other barrier. */
export function watch(context: Context, { feed, access, publicStatus }: WatchOptions): Response {
  if (context.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    const message = "Expected a WebSocket";
    return failure(context, 426, { code: "upgrade_required", message });
  }
  if (isForeignPage(context)) return foreignPage(context);
  const visitor = visitorOf(context, access);
  const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: IDLE_S });
  const viewer: Viewer = {
    isGuest: publicStatus && visitor.kind === "stranger",
    send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
    get unreadBytes() {
      return socket.bufferedAmount;
    },
    close: (code, reason) => socket.close(code, reason),
  };
  const session = visitor.kind === "owner" ? visitor.session : undefined;
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
