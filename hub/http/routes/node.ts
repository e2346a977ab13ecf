/** One node: what it is, how it changed, what it measured. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { NodeView } from "../../../core/api/feed.ts";
import { guestNode } from "../../../core/api/guest_view.ts";
import {
  type TransitionView,
  VITALS_SPANS_MS,
  type VitalsSpan,
} from "../../../core/history/history.ts";
import { formatRfc3339 } from "../../../core/protocol/rfc3339.ts";
import type { VitalsHistory } from "../../history/vitals_history.ts";
import type { Projection } from "../../live/projection.ts";
import type { Store } from "../../store/store.ts";
import type { StoredTransition } from "../../store/transition_rows.ts";
import { badQuery, Query, ROWS_MAX } from "../query.ts";
import { isGuest } from "./login.ts";
import { noSuchNode } from "./no_such_node.ts";

/** Transitions where nobody says how many. */
const TRANSITIONS_DEFAULT = 100;
const SPANS = Object.keys(VITALS_SPANS_MS) as readonly VitalsSpan[];

export interface NodeRoutesOptions {
  readonly projection: Projection;
  readonly store: Store;
  readonly vitals: VitalsHistory;
  readonly viewer: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function nodeRoutes(
  { projection, store, vitals, viewer }: NodeRoutesOptions,
): Hono {
  const routes = new Hono();
  const get = (path: string, names: readonly string[], answer: Answer) =>
    routes.get(`/api/v1/nodes/:id${path}`, viewer, (context) => {
      const id = context.req.param("id");
      const query = new Query(context, names);
      const body = answer(id, query, context);
      if (query.problem !== undefined) return badQuery(context, query.problem);
      const node = projection.node(id);
      return node === undefined
        ? noSuchNode(context, id, projection)
        : context.json(body(isGuest(context) ? guestNode(node) : node));
    });
  get("", [], (_id, _query, context) => (node) => isGuest(context) ? guestNode(node) : node);
  get("/transitions", ["limit"], (id, query) => {
    const limit = Math.min(query.number("limit") ?? TRANSITIONS_DEFAULT, ROWS_MAX);
    return () => ({ transitions: store.transitions.newest(id, limit).map(transitionView) });
  });
  get("/vitals", ["span"], (id, query) => {
    const span = query.choice("span", SPANS) ?? "24h";
    return () => vitals.of(id, span);
  });
  return routes;
}

/** Reads the question; what it answers is worked out once that is understood, and the node is known. */
type Answer = (id: string, query: Query, context: Context) => (node: NodeView) => object;

function transitionView({ atMs, from, to, reason }: StoredTransition): TransitionView {
  return { at: formatRfc3339(atMs), from, to, reason };
}
