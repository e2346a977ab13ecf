/** The hub's HTTP application: page, API and WebSocket, composed from the files in `http/`. */

import { Hono, type MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { BackupView } from "../../core/api/backup_view.ts";
import type { PlainAccess } from "../../core/config/settings.ts";
import type { Prefix } from "../../core/network/address.ts";
import { getLog } from "../../io/log/log.ts";
import type { Actions } from "../actions/cluster_actions.ts";
import type { NodeActions } from "../actions/node_actions.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { TestActions } from "../delivery/test_actions.ts";
import type { Availability } from "../history/availability.ts";
import type { VitalsHistory } from "../history/vitals_history.ts";
import type { Access } from "../http/access.ts";
import { failure, limitBody } from "../http/answer.ts";
import { Api, type Guards } from "../http/api/api.ts";
import { refuseForeignPages } from "../http/origin.ts";
import { isOfPrograms, lostPage, PageFiles, pageRoutes } from "../http/page_files.ts";
import { hearProxies } from "../http/request_origin.ts";
import { requireTls } from "../http/require_tls.ts";
import { actionRoutes } from "../http/routes/actions.ts";
import { availabilityRoutes } from "../http/routes/availability.ts";
import { historyRoutes } from "../http/routes/history.ts";
import { incidentRoutes } from "../http/routes/incidents.ts";
import { joinRoutes } from "../http/routes/join.ts";
import {
  admitGuests,
  isGuest,
  logIn,
  logOut,
  noticeHangUp,
  requireLogin,
} from "../http/routes/login.ts";
import { loginOperation, logoutOperation } from "../http/routes/login_operations.ts";
import { nodeRoutes } from "../http/routes/node.ts";
import { nodeActionRoutes } from "../http/routes/node_actions.ts";
import { openApiRoute } from "../http/routes/openapi.ts";
import { refusalRoutes } from "../http/routes/refusals.ts";
import { sessionRoutes } from "../http/routes/sessions.ts";
import { statusRoutes } from "../http/routes/status.ts";
import { tlsRoutes } from "../http/routes/tls.ts";
import { updateRoutes } from "../http/routes/update.ts";
import { watch, watchOperation } from "../http/routes/watch.ts";
import { ViewerPlaces } from "../http/viewer_places.ts";
import { wrongFileMethod, wrongMethod } from "../http/wrong_method.ts";
import type { JoinOffers } from "../join/join_offers.ts";
import type { Joins } from "../join/joins.ts";
import type { PackageFolder } from "../join/package_folder.ts";
import type { Feed } from "../live/feed.ts";
import type { Metrics } from "../live/metrics.ts";
import type { Projection } from "../live/projection.ts";
import type { Refusals } from "../live/refusals.ts";
import type { Store } from "../store/store.ts";
import type { TlsIdentity } from "../tls/identity.ts";
import type { SigningKey } from "../update/signing_key.ts";
import type { Upgrades } from "../update/upgrades.ts";
import type { CallInfo } from "./inner_server.ts";

export interface AppOptions {
  readonly access: Access;
  readonly actions: Actions;
  readonly availability: Availability;
  readonly testActions: TestActions;
  readonly feed: Feed;
  readonly joinOffers: JoinOffers;
  readonly joins: Joins;
  readonly packages: PackageFolder;
  readonly metrics: Metrics;
  readonly nodeActions: NodeActions;
  readonly projection: Projection;
  readonly refusals: Refusals;
  readonly store: Store;
  readonly vitals: VitalsHistory;
  readonly credentials: Pick<Credentials, "has" | "recognises" | "verify">;
  /** `undefined`: the hub cannot sign packages. */
  readonly signingKey: SigningKey | undefined;
  readonly upgrades: Upgrades;
  /** The folder of the page's files. */
  readonly pageFolder: string;
  /** Anyone may view; only a logged-in user may act. */
  readonly publicStatus: boolean;
  /** The lower-case host names that guests may use, in addition to those of any home network. */
  readonly names: ReadonlySet<string>;
  readonly trustedProxies: readonly Prefix[];
  /** `undefined`: the hub has no TLS. */
  readonly identity: () => TlsIdentity | undefined;
  /** Who may come without TLS. */
  readonly plain: PlainAccess;
  /** The nightly backups; `null` where there are none. */
  readonly backup: () => BackupView | null;
}

const log = getLog("http");

/** Returns the application as a function from request to response. It opens nothing itself. */
export function createApp(options: AppOptions): Hono {
  const { access } = options;
  const app = new Hono();
  app.use(headers());
  app.use(hearProxies(options.trustedProxies));
  app.use(requireTls(options));
  app.use(async (context, next) => {
    // The hub's answers soon become stale, and the next user of the browser must not see them. What
    // is compressed is decided in `compression.ts`.
    if (isOfPrograms(context.req.path)) context.header("Cache-Control", "no-store, no-transform");
    await next();
  });
  app.use(markLogins());
  app.use(answerWhenWritten(options.store));
  app.onError((error, context) => {
    // Errors are not sent to the browser, only to the log, which has other readers.
    log.error("cannot answer", { method: context.req.method, path: context.req.path, error });
    const message = "The hub could not answer: its log says why";
    return failure(context, 500, { code: "internal", message });
  });
  const pageFiles = new PageFiles(options.pageFolder);
  app.notFound(async (context) => {
    return wrongMethod(context, app.routes) ?? await wrongFileMethod(context, pageFiles) ??
      await lostPage(context, pageFiles) ??
      failure(context, 404, { code: "not_found", message: `Nothing at ${context.req.path}` });
  });

  const operator = requireLogin(access);
  const viewer = options.publicStatus ? admitGuests(access, options.names) : operator;
  app.route("/", apiOf({ viewer, operator }, options).routes);
  app.route("/", joinRoutes(options));
  app.route("/", updateRoutes(options));
  app.route("/", pageRoutes(pageFiles));
  return app;
}

/** Every operation of the API. */
function apiOf(guards: Guards, options: AppOptions): Api {
  const { access } = options;
  const api = new Api(guards);
  const ourPage = refuseForeignPages();
  const login = [ourPage, noticeHangUp(), limitBody()];
  api.own(loginOperation, ...login, (context) => logIn(context, access));
  api.own(logoutOperation, ourPage, (context) => logOut(context, access));
  historyRoutes(api, options);
  statusRoutes(api, options);
  nodeRoutes(api, options);
  availabilityRoutes(api, options);
  incidentRoutes(api, options);
  const places = new ViewerPlaces();
  api.ask(watchOperation, (context, { form }) => {
    return watch(context, { ...options, places, isShort: form === "short" });
  });
  actionRoutes(api, options);
  nodeActionRoutes(api, options);
  refusalRoutes(api, options);
  sessionRoutes(api, options);
  tlsRoutes(api, options);
  openApiRoute(api);
  return api;
}

/**
 * Marks a logged-in user's connection, so that it keeps its place. In tests there may be no
 * connection.
 */
function markLogins(): MiddlewareHandler<{ Bindings: Partial<CallInfo> }> {
  return async (context, next) => {
    await next();
    const hasJustLoggedIn = context.req.path === loginOperation.path && context.res.ok;
    if (hasJustLoggedIn || !isGuest(context)) context.env?.loggedIn?.();
  };
}

/**
 * The answer waits until a power cut cannot undo the action, or 10 s if the disk does not answer.
 */
function answerWhenWritten(store: Pick<Store, "written">): MiddlewareHandler {
  return async (context, next) => {
    await next();
    if (context.req.method !== "GET" && context.req.method !== "HEAD") await store.written();
  };
}

function headers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      manifestSrc: ["'self'"],
      mediaSrc: ["'self'", "data:"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: "no-referrer",
    xFrameOptions: "DENY",
    permissionsPolicy: {
      camera: [],
      geolocation: [],
      microphone: [],
      payment: [],
      usb: [],
      displayCapture: [],
    },
    // A hub on the LAN uses plain HTTP, and a browser with this setting could not reach it any
    // more.
    strictTransportSecurity: false,
  });
}
