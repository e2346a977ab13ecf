/** The hub's HTTP side: page, API, WebSocket. The only file that names Hono. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { getConnInfo, serveStatic } from "hono/deno";
import { secureHeaders } from "hono/secure-headers";
import { getLog } from "../io/log.ts";
import type { Access } from "./access.ts";
import { SESSION_COOKIE, SESSION_MS } from "./access.ts";
import type { Feed, Viewer } from "./feed.ts";
import type { Metrics } from "./metrics.ts";
import { deliveryView, incidentView, type Projection } from "./projection.ts";
import type { Store } from "./store/store.ts";

/** No request of ours is longer than a login. */
const BODY_BYTES_MAX = 4096;
/** Rows of history that one answer holds. */
const ROWS_MAX = 1000;
/** A browser that answers no ping for this long is gone; pings also keep proxies from hanging up. */
const IDLE_S = 20;

export interface AppOptions {
  readonly access: Access;
  readonly feed: Feed;
  readonly metrics: Metrics;
  readonly projection: Projection;
  readonly store: Store;
  /** The folder of the page's files. */
  readonly pageFolder: string;
  /** Anyone may look; only who logs in may act. */
  readonly publicStatus: boolean;
}

const log = getLog("http");

/** The application as a function from request to response; it opens nothing itself. */
export function createApp(options: AppOptions): Hono {
  const { access, metrics, projection, store } = options;
  const app = new Hono();
  app.use(headers());
  app.onError((error, context) => {
    // Not to the browser: what an error says is for whoever may read the log.
    log.error("cannot answer", { method: context.req.method, path: context.req.path, error });
    return failure(context, 500, "internal", "The hub could not answer: its log says why");
  });
  app.notFound((context) => failure(context, 404, "not_found", `Nothing at ${context.req.path}`));

  app.get("/healthz", (context) => context.text("ok\n"));
  app.get("/readyz", (context) => {
    const { blind } = projection;
    return blind === null
      ? context.text("ok\n")
      : context.text(`blind since ${blind.since}: ${blind.reason}\n`, 503);
  });
  app.post(
    "/api/v1/login",
    bodyLimit({ maxSize: BODY_BYTES_MAX, onError: tooLarge }),
    (c) => login(c, access),
  );
  app.post("/api/v1/logout", (context) => {
    setCookie(context, SESSION_COOKIE, "", { path: "/", maxAge: 0 });
    return context.json({});
  });

  const mayLook = options.publicStatus ? allowAll : requireLogin(access);
  app.get(
    "/api/v1/nodes",
    mayLook,
    (context) => context.json({ blind: projection.blind !== null, nodes: projection.nodes() }),
  );
  app.get(
    "/api/v1/incidents",
    mayLook,
    (context) =>
      context.json({ incidents: store.incidents.newest(limitOf(context)).map(incidentView) }),
  );
  app.get(
    "/api/v1/deliveries",
    requireLogin(access),
    (context) =>
      context.json({ deliveries: store.outbox.newest(limitOf(context)).map(deliveryView) }),
  );
  app.get("/metrics", mayLook, async (context) => {
    const { contentType, text } = await metrics.render();
    return context.body(text, 200, { "Content-Type": contentType });
  });
  app.get("/ws", mayLook, (context) => watch(context, options));
  app.get("*", serveStatic({ root: options.pageFolder, rewriteRequestPath: pagePath }));
  return app;
}

const allowAll: MiddlewareHandler = async (_context, next) => await next();

function headers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    // A hub on the LAN speaks plain HTTP: a browser that remembered otherwise would be locked out.
    strictTransportSecurity: false,
  });
}

function pagePath(path: string): string {
  return path === "/" ? "/index.html" : path;
}

function failure(
  context: Context,
  status: 400 | 401 | 403 | 404 | 413 | 426 | 429 | 500 | 503,
  code: string,
  message: string,
): Response {
  return context.json({ error: { code, message } }, status);
}

function tooLarge(context: Context): Response {
  return failure(context, 413, "too_large", `Expected at most ${BODY_BYTES_MAX} bytes`);
}

function requireLogin(access: Access): MiddlewareHandler {
  return async (context, next) => {
    if (isAdmitted(context, access)) return await next();
    context.header("WWW-Authenticate", "Bearer");
    return failure(context, 401, "unauthorized", "Log in, or send the password as Bearer token");
  };
}

function isAdmitted(context: Context, access: Access): boolean {
  const bearer = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1];
  if (bearer !== undefined) return access.login(bearer, addressOf(context)).kind === "admitted";
  const cookie = getCookie(context, SESSION_COOKIE);
  return cookie !== undefined && access.isSession(cookie);
}

/** Behind a reverse proxy all have its address; better than to believe a header that anyone can send. */
function addressOf(context: Context): string {
  return getConnInfo(context).remote.address ?? "unknown";
}

async function login(context: Context, access: Access): Promise<Response> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const password = typeof body === "object" && body !== null && "password" in body
    ? body.password
    : undefined;
  if (typeof password !== "string") {
    return failure(context, 400, "bad_request", 'Expected {"password":"..."} as JSON');
  }
  const result = access.login(password, addressOf(context));
  switch (result.kind) {
    case "too_many":
      context.header("Retry-After", String(result.retryAfterS));
      return failure(context, 429, "too_many_attempts", "Too many wrong passwords: wait a minute");
    case "wrong":
      return failure(context, 401, "unauthorized", "The password is wrong");
    case "admitted":
      setCookie(context, SESSION_COOKIE, result.cookie, {
        path: "/",
        httpOnly: true,
        sameSite: "Strict",
        secure: new URL(context.req.url).protocol === "https:",
        maxAge: SESSION_MS / 1000,
      });
      return context.json({});
  }
}

function limitOf(context: Context): number {
  const limit = Number(context.req.query("limit") ?? ROWS_MAX);
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, ROWS_MAX) : ROWS_MAX;
}

function watch(context: Context, { feed, access, publicStatus }: AppOptions): Response {
  if (context.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    return failure(context, 426, "upgrade_required", "Expected a WebSocket");
  }
  // A browser sends the page's origin along, and nothing else keeps foreign pages from connecting.
  const origin = context.req.header("Origin");
  if (origin !== undefined && hostOf(origin) !== context.req.header("Host")) {
    return failure(context, 403, "foreign_origin", "This page does not belong to the hub");
  }
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

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
