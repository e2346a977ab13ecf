/** One node over HTTP: its state, transitions and vitals. */

import type { Context } from "hono";
import * as v from "valibot";
import type { NodeView } from "../../../core/api/node_view.ts";
import { guestNode } from "../../../core/api/guest_view.ts";
import {
  type TransitionView,
  VITALS_SPANS_MS,
  type VitalsSpan,
} from "../../../core/history/history.ts";
import { formatRfc3339 } from "../../../core/protocol/rfc3339.ts";
import type { VitalsHistory } from "../../history/vitals_history.ts";
import type { Projection } from "../../live/projection.ts";
import { NEWEST_TRANSITIONS } from "../../store/history_tasks.ts";
import type { Store } from "../../store/store.ts";
import type { StoredTransition } from "../../store/history/transition_rows.ts";
import type { Api } from "../api/api.ts";
import { NODE, TRANSITION, VITALS } from "../api/examples.ts";
import { ROWS_MAX } from "../schema/answers.ts";
import { transitions, vitalsHistory } from "../schema/history.ts";
import { choiceOf, numberFromOne, queryOf } from "../schema/input.ts";
import { node as nodeSchema } from "../schema/node.ts";
import { isGuest } from "./login.ts";
import { NO_SUCH_NODE, noSuchNode } from "./no_such_node.ts";

/** The default number of transitions. */
const TRANSITIONS_DEFAULT = 100;
const SPANS = Object.keys(VITALS_SPANS_MS) as readonly VitalsSpan[];

export interface NodeRoutesOptions {
  readonly projection: Projection;
  readonly store: Store;
  readonly vitals: VitalsHistory;
}

const OF_NODE = {
  method: "get",
  tag: "Nodes",
  access: "viewer",
  failures: [NO_SUCH_NODE],
} as const;

const nodeOperation = {
  ...OF_NODE,
  id: "getNode",
  path: "/api/v1/nodes/:id",
  summary: "One node as it is now",
  query: queryOf({}),
  answer: { description: "The node.", schema: nodeSchema, example: NODE },
} as const;

const transitionsOperation = {
  ...OF_NODE,
  id: "getTransitions",
  path: "/api/v1/nodes/:id/transitions",
  summary: "How a node's liveness changed, newest first",
  query: queryOf({ limit: v.optional(numberFromOne) }),
  isCompressed: true,
  answer: {
    description: "At most 1000 changes, 100 where no limit is given.",
    schema: transitions,
    example: { transitions: [TRANSITION] },
  },
} as const;

const vitalsOperation = {
  ...OF_NODE,
  id: "getVitals",
  path: "/api/v1/nodes/:id/vitals",
  summary: "What a node measured",
  query: queryOf({ span: v.optional(choiceOf(SPANS), "24h") }),
  isCompressed: true,
  answer: { description: "Means over time.", schema: vitalsHistory, example: VITALS },
} as const;

export function nodeRoutes(api: Api, { projection, store, vitals }: NodeRoutesOptions): void {
  const answer = async (
    context: Context,
    body: (node: NodeView) => object | Promise<object>,
  ) => {
    const id = context.req.param("id") ?? "";
    const node = projection.node(id);
    return node === undefined
      ? noSuchNode(context, id, projection)
      : context.json(await body(node));
  };
  api.ask(nodeOperation, (context) => {
    return answer(context, (node) => isGuest(context) ? guestNode(node) : node);
  });
  api.ask(transitionsOperation, (context, { limit = TRANSITIONS_DEFAULT }) => {
    const rowsMax = Math.min(limit, ROWS_MAX);
    return answer(context, async ({ id }) => {
      const newest = await store.ask(NEWEST_TRANSITIONS, { node: id, limit: rowsMax }) ?? [];
      return { transitions: newest.map(transitionView) };
    });
  });
  api.ask(vitalsOperation, (context, { span }) => {
    return answer(context, ({ id }) => vitals.of(id, span));
  });
}

function transitionView({ atMs, from, to, reason }: StoredTransition): TransitionView {
  return { at: formatRfc3339(atMs), from, to, reason };
}
