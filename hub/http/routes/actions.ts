/** Acknowledge, maintenance and silence over HTTP. Every answer says what is in force afterwards. */

import { Hono, type MiddlewareHandler } from "hono";
import { NODE_ID_PATTERN } from "../../../core/protocol/wire.ts";
import { formatDuration, parseDurationMs } from "../../../core/text/duration.ts";
import type { Actions } from "../../actions/cluster_actions.ts";
import type { Projection } from "../../live/projection.ts";
import { limitBody } from "../answer.ts";
import { bad, badRequest, type Fields, type JsonRequest, mistake, readFields } from "../body.ts";
import { refuseOthersForms } from "../origin.ts";
import { didYouMean, type KnownNodes, noSuchNode } from "./no_such_node.ts";

/** Whoever needs longer asks again: a silence that is forgotten must end by itself. */
const FOR_MS_MAX = 7 * 24 * 3_600_000;

export interface ActionRoutesOptions {
  readonly actions: Actions;
  readonly projection: Projection;
  readonly operator: MiddlewareHandler;
}

interface ActionRequest {
  readonly node: string | undefined;
  readonly forMs: number;
}

/** The routes, with their whole paths. */
export function actionRoutes({ actions, projection, operator }: ActionRoutesOptions): Hono {
  const routes = new Hono();
  const post = (path: string, takesDuration: boolean, act: Act) =>
    routes.post(path, operator, limitBody(), refuseOthersForms(), async (context) => {
      const fields = await readFields(context, takesDuration ? ["node", "for"] : ["node"]);
      const wish = fields.kind === "bad"
        ? fields
        : actionRequestOf(fields.value, takesDuration, projection);
      if (wish.kind === "bad") return badRequest(context, wish.message);
      const { node, forMs } = wish.value;
      if (node !== undefined && !isKnown(node)) return noSuchNode(context, node, projection);
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
  routes.get("/api/v1/alarm", operator, (context) => context.json(actions.inForce()));
  return routes;
}

/** Answers what is to be said beside what is in force. */
type Act = (node: string | undefined, forMs: number) => Promise<object | void>;

function actionRequestOf(
  fields: Fields,
  takesDuration: boolean,
  known: KnownNodes,
): JsonRequest<ActionRequest> {
  const node = fields.get("node") ?? undefined;
  if (node !== undefined && !(typeof node === "string" && NODE_ID_PATTERN.test(node))) {
    const message = mistake("node", "a node's id, or none for all", node);
    return { kind: "bad", message: message + didYouMean(node, known) };
  }
  if (!takesDuration) return { kind: "good", value: { node, forMs: 0 } };
  const text = fields.get("for");
  const forMs = typeof text === "string" ? parseDurationMs(text) : undefined;
  if (forMs !== undefined && forMs <= FOR_MS_MAX) return { kind: "good", value: { node, forMs } };
  return bad("for", `a duration such as 20m, at most ${formatDuration(FOR_MS_MAX)}`, text);
}
