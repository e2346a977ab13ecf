/** Acknowledge, maintenance and silence over HTTP. Every answer says what is in force afterwards. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { NODE_ID_PATTERN } from "../../core/wire.ts";
import { formatDuration, parseDurationMs } from "../../core/duration.ts";
import type { Actions } from "../actions.ts";
import type { Projection } from "../projection.ts";
import { failure, foreignPage, isForeignPage, limitBody } from "./answer.ts";

/** Whoever needs longer asks again: a silence that is forgotten must end by itself. */
const FOR_MS_MAX = 7 * 24 * 3_600_000;
/** What was found is repeated at most so far. */
const FOUND_LENGTH_MAX = 60;

export interface ActionRoutesOptions {
  readonly actions: Actions;
  readonly projection: Projection;
  readonly mayAct: MiddlewareHandler;
}

/** A request that was understood, or why not. */
type Demand =
  | { readonly kind: "good"; readonly node: string | undefined; readonly forMs: number }
  | { readonly kind: "bad"; readonly message: string };

/** The routes, with their whole paths. */
export function actionRoutes({ actions, projection, mayAct }: ActionRoutesOptions): Hono {
  const routes = new Hono();
  const post = (path: string, takesDuration: boolean, act: Act) =>
    routes.post(path, mayAct, limitBody(), async (context) => {
      const refusal = refuseBrowsers(context);
      if (refusal !== undefined) return refusal;
      const request = requestOf(await context.req.json().catch(() => undefined), takesDuration);
      if (request.kind === "bad") {
        return failure(context, 400, { code: "bad_request", message: request.message });
      }
      const { node, forMs } = request;
      if (node !== undefined && !isKnown(node)) {
        return failure(context, 404, { code: "not_found", message: `There is no node "${node}"` });
      }
      return context.json({ ...await act(node, forMs), ...actions.inForce() });
    });
  // Of a node that was revoked meanwhile it can still be ended.
  const isKnown = (node: string) => {
    const { silences, maintenance } = actions.inForce();
    return projection.node(node) !== undefined ||
      [...silences, ...maintenance].some((one) => one.node === node);
  };
  post("/api/v1/silence", true, async (node, forMs) => {
    await actions.silence(node, forMs);
  });
  post("/api/v1/maintenance", true, async (node, forMs) => {
    await actions.maintain(node, forMs);
  });
  post("/api/v1/ack", false, async (node) => ({ acknowledged: await actions.acknowledge(node) }));
  routes.get("/api/v1/alarm", mayAct, (context) => context.json(actions.inForce()));
  return routes;
}

/** Answers what is to be said beside what is in force. */
type Act = (node: string | undefined, forMs: number) => Promise<object | void>;

/**
 * Another page cannot send the cookie, which is SameSite=Strict, nor JSON without being allowed to: each
 * would do alone.
 */
function refuseBrowsers(context: Context): Response | undefined {
  if (isForeignPage(context)) return foreignPage(context);
  const type = context.req.header("Content-Type") ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return undefined;
  const message = "Content-Type: expected application/json";
  return failure(context, 415, { code: "unsupported_media_type", message });
}

/** Unknown keys are mistakes here: `nod` would else silence all. */
function requestOf(body: unknown, takesDuration: boolean): Demand {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return bad("body", "a JSON object", body);
  }
  const json = new Map<string, unknown>(Object.entries(body));
  const keys = takesDuration ? ["node", "for"] : ["node"];
  for (const key of json.keys()) {
    if (!keys.includes(key)) return bad("body", `the keys ${keys.join(", ")}`, key);
  }
  const node = json.get("node") ?? undefined;
  if (node !== undefined && !(typeof node === "string" && NODE_ID_PATTERN.test(node))) {
    return bad("node", "a node's id, or none for all", node);
  }
  if (!takesDuration) return { kind: "good", node, forMs: 0 };
  const text = json.get("for");
  const forMs = typeof text === "string" ? parseDurationMs(text) : undefined;
  if (forMs !== undefined && forMs <= FOR_MS_MAX) return { kind: "good", node, forMs };
  return bad("for", `a duration such as 20m, at most ${formatDuration(FOR_MS_MAX)}`, text);
}

function bad(where: string, expected: string, value: unknown): Demand {
  const found = (JSON.stringify(value) ?? "nothing").slice(0, FOUND_LENGTH_MAX);
  return { kind: "bad", message: `${where}: expected ${expected}, found ${found}` };
}
