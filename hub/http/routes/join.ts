/** What a new Pi asks of the hub: the script, packages, its configuration, and whether it is heard. */

import { type Context, Hono } from "hono";
import * as v from "valibot";
import { JOIN_FAILURES } from "../../../core/api/join_view.ts";
import { GuessLimit } from "../../../core/limits/guess_limit.ts";
import { sourceOf } from "../../../core/network/address.ts";
import { decode } from "../../../core/protocol/decoding.ts";
import type { NodeActions } from "../../actions/node_actions.ts";
import type { Join } from "../../join/join.ts";
import { joinScript, type UpdateChoice } from "../../join/join_script.ts";
import type { Joins } from "../../join/joins.ts";
import type { PackageFolder } from "../../join/package_folder.ts";
import type { Projection } from "../../live/projection.ts";
import type { Refusals } from "../../live/refusals.ts";
import type { Store } from "../../store/store.ts";
import type { TlsIdentity } from "../../tls/identity.ts";
import type { SigningKey } from "../../update/signing_key.ts";
import { failure, limitBody, tooMany } from "../answer.ts";
import { badRequest } from "../api/api.ts";
import { refuseOthersForms } from "../origin.ts";
import { requestOriginOf } from "../request_origin.ts";
import { bodyOf, choiceOf } from "../schema/input.ts";
import { servePackage } from "./package_download.ts";

export interface JoinRoutesOptions {
  readonly joins: Joins;
  readonly packages: PackageFolder;
  readonly nodeActions: NodeActions;
  readonly projection: Projection;
  readonly refusals: Refusals;
  readonly store: Pick<Store, "answers">;
  readonly identity: () => TlsIdentity | undefined;
  readonly signingKey: SigningKey | undefined;
}

const progressBody = bodyOf({
  step: v.optional(choiceOf(["installed", "started"])),
  failure: v.optional(choiceOf(JOIN_FAILURES)),
  units: v.optional(choiceOf(["agent tracker", "agent", "tracker"])),
});

/** The routes have no login: each asks for the token of a line, and all but two for the run's key. */
export function joinRoutes(options: JoinRoutesOptions): Hono {
  const routes = new Hono();
  const guests = new JoinGuests(options);
  routes.use("/join/*", async (context, next) => {
    context.header("Cache-Control", "no-store, no-transform");
    await next();
  });
  routes.get("/join/:token", (context) => guests.script(context));
  routes.get("/join/:token/:file", (context) => guests.package(context));
  const guards = [limitBody(), refuseOthersForms()] as const;
  routes.post("/join/:token/progress", ...guards, (context) => guests.progress(context));
  routes.post("/join/:token/config", ...guards, (context) => guests.config(context));
  routes.post("/join/:token/leave", ...guards, (context) => guests.leave(context));
  return routes;
}

class JoinGuests {
  readonly #options: JoinRoutesOptions;
  readonly #guesses = new GuessLimit();

  constructor(options: JoinRoutesOptions) {
    this.#options = options;
  }

  async script(context: Context): Promise<Response> {
    const { joins, packages } = this.#options;
    const found = this.#find(context);
    if (found instanceof Response) return found;
    // A look at the address, by a program or in a browser, must not use the line up.
    if (isBrowser(context)) return plain(context, READ_ME);
    if (context.req.method !== "GET") return context.body(null, 204);
    const offered = await packages.list();
    const { address } = requestOriginOf(context);
    const key = joins.change(found, (join, nowMs) => join.claim(address, nowMs));
    if (key === undefined) return gone(context, found);
    const { request } = found;
    const token = context.req.param("token") ?? "";
    const updates = this.#updatesOf(request);
    const script = joinScript({ ...request, token, key, packages: offered, updates });
    context.header("Content-Type", "text/x-shellscript; charset=utf-8");
    return context.body(script);
  }

  async package(context: Context): Promise<Response> {
    const { joins, packages } = this.#options;
    const found = this.#find(context);
    if (found instanceof Response) return found;
    if (!found.mayDownload(joins.nowMs())) return gone(context, found);
    return await servePackage(context, packages, context.req.param("file") ?? "");
  }

  async progress(context: Context): Promise<Response> {
    const { joins } = this.#options;
    const found = this.#findRun(context);
    if (found instanceof Response) return found;
    const json: unknown = await context.req.json().catch(() => undefined);
    // valibot accepts a list as an object.
    const body = decode(progressBody, Array.isArray(json) ? undefined : json, { whole: "body" });
    if (!body.ok) return badRequest(context, body.reason, body.field);
    const { step, failure: code, units = "agent" } = body.value;
    if (code !== undefined) joins.change(found, (join, nowMs) => join.fail(code, nowMs));
    else if (step !== undefined && step !== found.step) this.#reach(found, step);
    const isUp = step === "started" && this.#isHeard(found, units);
    if (isUp) this.#reach(found, "up");
    return context.json({ up: isUp });
  }

  /** The credential begins here, when the packages are installed and nothing else is left to do. */
  async config(context: Context): Promise<Response> {
    const { joins, nodeActions, projection, store } = this.#options;
    const found = this.#findRun(context);
    if (found instanceof Response) return found;
    if (!store.answers) return noDisk(context);
    if (!found.mayConfigure()) return gone(context, found);
    const { node, name } = found.request;
    const enrolled = await nodeActions.enrol(node, name, true);
    if (enrolled.kind === "broker") {
      return failure(context, 503, { code: "broker", message: enrolled.why });
    }
    if (enrolled.kind !== "enrolled") {
      const message = `The hub makes no credential now: ${enrolled.kind}`;
      return failure(context, 409, { code: enrolled.kind, message });
    }
    found.sessionBefore = projection.node(node)?.session ?? null;
    joins.change(found, (join, nowMs) => join.reach("configured", nowMs));
    return plain(context, enrolled.node.config);
  }

  async leave(context: Context): Promise<Response> {
    const { nodeActions, store } = this.#options;
    const found = this.#findRun(context);
    if (found instanceof Response) return found;
    if (!store.answers) return noDisk(context);
    await nodeActions.revoke(found.request.node);
    this.#reach(found, "removed");
    return context.json({});
  }

  /** The key of a given certificate may be another one tomorrow, that of the hub stays. */
  #updatesOf({ address: { pin }, updates }: Join["request"]): UpdateChoice {
    const { identity, signingKey } = this.#options;
    if (updates !== true) return updates;
    if (signingKey === undefined) return undefined;
    const isOwn = pin === identity()?.publicKeyPin;
    return { key: signingKey.publicKey, pin: isOwn ? pin : undefined };
  }

  #reach(found: Join, step: Parameters<Join["reach"]>[0]): void {
    this.#options.joins.change(found, (join, nowMs) => join.reach(step, nowMs));
  }

  #isHeard({ request, sessionBefore }: Join, units: string): boolean {
    const { projection } = this.#options;
    if (units === "tracker") return projection.alarm.trackers.includes(request.node);
    const node = projection.node(request.node);
    return node?.liveness === "alive" && node.session !== sessionBefore;
  }

  /** Returns the join with the token of the path, or the answer to a wrong one. */
  #find(context: Context): Join | Response {
    const found = this.#options.joins.find(context.req.param("token") ?? "");
    return found ?? this.#wrong(context, 404, "There is no such line: make another one");
  }

  #findRun(context: Context): Join | Response {
    const found = this.#find(context);
    if (found instanceof Response) return found;
    const key = /^Bearer (.+)$/.exec(context.req.header("Authorization") ?? "")?.[1] ?? "";
    const nowMs = this.#options.joins.nowMs();
    if (found.isRunBy(key, nowMs)) return found;
    if (!found.mayDownload(nowMs)) return gone(context, found);
    return this.#wrong(context, 401, "Only the script that used the line may ask this");
  }

  #wrong(context: Context, status: 401 | 404, message: string): Response {
    const { joins, refusals } = this.#options;
    const { address } = requestOriginOf(context);
    refusals.note("join", address);
    const waitS = this.#guesses.noteWrong(sourceOf(address), joins.nowMs());
    if (waitS !== undefined) return tooMany(context, message, waitS);
    return failure(context, status, {
      code: status === 401 ? "unauthorized" : "not_found",
      message,
    });
  }
}

const READ_ME = "This address is for one Pi, and works once. Run this on that Pi:\n" +
  "the whole line that the hub has shown, with curl in front and sudo sh behind.\n";

function isBrowser(context: Context): boolean {
  return (context.req.header("Accept") ?? "").includes("text/html");
}

function plain(context: Context, text: string): Response {
  context.header("Content-Type", "text/plain; charset=utf-8");
  return context.body(text);
}

/** Only who knows the token learns that it was used, and by whom. */
function gone(context: Context, { from }: Join): Response {
  const message = from === undefined
    ? "The line is too old: make another one"
    : `The line was used, by ${from}: make another one. If that was no Pi of yours, revoke its credential`;
  return failure(context, 410, { code: "gone", message });
}

function noDisk(context: Context): Response {
  const message = "The hub's disk does not answer: nothing can be written now";
  return failure(context, 503, { code: "no_disk", message });
}
