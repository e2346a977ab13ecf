/** The WebSocket that a browser watches the cluster by. */

import type { Context } from "hono";
import * as v from "valibot";
import type { Feed, Viewer } from "../../live/feed.ts";
import type { Refusals } from "../../live/refusals.ts";
import type { Access } from "../access.ts";
import { failure } from "../answer.ts";
import { badRequest } from "../api/api.ts";
import { foreignness, foreignPage } from "../origin.ts";
import { requestOriginOf } from "../request_origin.ts";
import { choiceOf, queryOf } from "../schema/input.ts";
import type { PlaceAnswer, ViewerPlaces } from "../viewer_places.ts";
import { isGuest, sessionIn } from "./login.ts";

/**
 * The connection of a browser that sends nothing for this long is closed. Deno pings it after half
 * of that time, which also keeps proxies from closing the connection. A slow phone has the other half
 * for its answer.
 */
const IDLE_S = 40;
/** Closes the connection of a page whose session has ended. The page then asks for a login. */
const SESSION_ENDED = 4401;
/** Closes the connection of a viewer that sends data, because the feed goes one way. */
const NOTHING_EXPECTED = 1008;
const RETRY_AFTER_S = 10;

export const watchOperation = {
  id: "watch",
  method: "get",
  path: "/ws",
  tag: "Cluster",
  summary: "The WebSocket of what changes",
  description:
    "Messages are Feed objects: a snapshot, then changes. A gap in seq: connect anew. With " +
    "form=short there are patches, ages and steady in place of whole nodes and heard.",
  access: "viewer",
  query: queryOf({ form: v.optional(choiceOf(["short"])) }),
  answer: { status: 101, description: "The WebSocket." },
  failures: [
    {
      status: 400,
      code: "bad_request",
      description: "Something is wrong with the WebSocket's handshake, or with the query.",
    },
    { status: 403, code: "foreign_origin", description: "A page that is not the hub's own asks." },
    { status: 426, code: "upgrade_required", description: "Expected a WebSocket." },
    {
      status: 429,
      code: "too_many_viewers",
      description: "The address watches as often as one address may.",
    },
    { status: 503, code: "too_many_viewers", description: "All places are taken." },
  ],
} as const;

export interface WatchOptions {
  readonly access: Access;
  readonly feed: Feed;
  readonly places: ViewerPlaces;
  readonly refusals: Refusals;
  /** Whether the viewer asks for the short form of the feed. */
  readonly isShort: boolean;
}

/**
 * Joins the feed. It checks the origin of the request, because browsers let every page open a
 * WebSocket to any server.
 */
export function watch(context: Context, options: WatchOptions): Response {
  if (context.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    const message = "Expected a WebSocket";
    return failure(context, 426, { code: "upgrade_required", message });
  }
  const foreign = foreignness(context);
  if (foreign !== undefined) return foreignPage(context, foreign);
  const wrong = handshakeMistake(context);
  if (wrong !== undefined) return badRequest(context, wrong);
  const guest = isGuest(context);
  const { address } = requestOriginOf(context);
  const answer = options.places.take({ isGuest: guest, address });
  if (answer.kind !== "place") {
    options.refusals.note("viewers", address);
    return noPlace(context, answer);
  }
  try {
    return upgraded(context, options, answer.place);
  } catch (error) {
    answer.place[Symbol.dispose]();
    if (error instanceof TypeError) return badRequest(context, "Expected a WebSocket's handshake");
    throw error;
  }
}

function upgraded(
  context: Context,
  { access, feed, refusals, isShort }: WatchOptions,
  place: Disposable,
): Response {
  const { socket, response } = Deno.upgradeWebSocket(context.req.raw, { idleTimeout: IDLE_S });
  const viewer: Viewer = {
    isGuest: isGuest(context),
    isShort,
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
  socket.onopen = () => feed.join(viewer);
  const { address } = requestOriginOf(context);
  socket.addEventListener("message", () => {
    refusals.note("feed_input", address);
    feed.leave(viewer);
    socket.close(NOTHING_EXPECTED, "nothing is expected here");
  }, { once: true });
  const leave = () => {
    place[Symbol.dispose]();
    hold?.[Symbol.dispose]();
    feed.leave(viewer);
  };
  socket.onclose = leave;
  socket.onerror = leave;
  return response;
}

/** Returns what is missing in the request by RFC 6455, 4.2.1. */
function handshakeMistake(context: Context): string | undefined {
  const expected = [
    ["Connection", "Upgrade", /(^|,)\s*upgrade\s*(,|$)/i],
    ["Sec-WebSocket-Version", "13", /^13$/],
    ["Sec-WebSocket-Key", "16 bytes in Base64", /^[A-Za-z0-9+/]{22}==$/],
  ] as const;
  const wrong = expected.find(([name, , pattern]) => !pattern.test(context.req.header(name) ?? ""));
  return wrong && `${wrong[0]}: expected ${wrong[1]}`;
}

function noPlace(
  context: Context,
  { kind, max }: Exclude<PlaceAnswer, { readonly kind: "place" }>,
): Response {
  context.header("Retry-After", String(RETRY_AFTER_S));
  const code = "too_many_viewers";
  switch (kind) {
    case "address_full": {
      const message = `Your address watches ${max} times already. Close a page, or log in`;
      return failure(context, 429, { code, message });
    }
    case "no_guests": {
      const message = `All ${max} places of guests are taken. Log in, or come back later`;
      return failure(context, 503, { code, message });
    }
    case "full":
      return failure(context, 503, { code, message: `All ${max} places are taken. Close a page` });
  }
}
