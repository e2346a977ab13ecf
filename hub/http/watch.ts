/** The WebSocket that a browser watches the cluster by. */

import type { Context } from "hono";
import type { Access } from "../access.ts";
import type { Feed, Viewer } from "../feed.ts";
import { failure, foreignPage, isForeignPage } from "./answer.ts";
import { isAdmitted } from "./login.ts";

/** A browser that answers no ping for this long is gone; pings also keep proxies from hanging up. */
const IDLE_S = 20;

export interface WatchOptions {
  readonly access: Access;
  readonly feed: Feed;
  /** Anyone may look, who then sees no recipients. */
  readonly publicStatus: boolean;
}

/** Joins the feed. Nothing but the origin keeps foreign pages from it: WebSockets know no other barrier. */
export function watch(context: Context, { feed, access, publicStatus }: WatchOptions): Response {
  if (context.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    const message = "Expected a WebSocket";
    return failure(context, 426, { code: "upgrade_required", message });
  }
  if (isForeignPage(context)) return foreignPage(context);
  const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: IDLE_S });
  const seesRecipients = !publicStatus || isAdmitted(context, access);
  const viewer: Viewer = {
    seesRecipients,
    send: (text) => socket.readyState === WebSocket.OPEN && socket.send(text),
    get unreadBytes() {
      return socket.bufferedAmount;
    },
    close: (code, reason) => socket.close(code, reason),
  };
  socket.onopen = () => {
    if (!feed.join(viewer)) socket.close(1013, "too many viewers");
  };
  socket.onclose = () => feed.leave(viewer);
  socket.onerror = () => feed.leave(viewer);
  return response;
}
