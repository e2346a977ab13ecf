/** Acknowledge, maintenance and silence over HTTP. Every answer says what is in force afterwards. */

import type { Context } from "hono";
import type { Actions } from "../../actions/cluster_actions.ts";
import type { Projection } from "../../live/projection.ts";
import type { Api } from "../api/api.ts";
import { IN_FORCE } from "../api/examples.ts";
import type { Failure } from "../api/operation.ts";
import { acknowledged, inForce } from "../schema/answers.ts";
import { bodyOf, nodeOrAll, silenceMs } from "../schema/input.ts";
import { didYouMean, NO_SUCH_NODE, noSuchNode } from "./no_such_node.ts";

export interface ActionRoutesOptions {
  readonly actions: Actions;
  readonly projection: Projection;
}

const ACTION = {
  method: "post",
  tag: "Actions",
  access: "operator",
  failures: [NO_SUCH_NODE] satisfies readonly Failure[],
} as const;

const SPAN = { body: bodyOf({ node: nodeOrAll, for: silenceMs }) };
const IN_FORCE_AFTERWARDS = {
  description: "What is in force afterwards.",
  schema: inForce,
  example: IN_FORCE,
};

const silenceOperation = {
  ...ACTION,
  ...SPAN,
  id: "silence",
  path: "/api/v1/silence",
  summary: "Keep buzzers quiet",
  bodyExample: { for: "20m" },
  answer: IN_FORCE_AFTERWARDS,
} as const;

const maintenanceOperation = {
  ...ACTION,
  ...SPAN,
  id: "maintain",
  path: "/api/v1/maintenance",
  summary: "Notify nobody of a node, and keep buzzers quiet about it",
  bodyExample: { node: "john-snow", for: "2h" },
  answer: IN_FORCE_AFTERWARDS,
} as const;

const acknowledgeOperation = {
  ...ACTION,
  id: "acknowledge",
  path: "/api/v1/ack",
  summary: "Say that somebody takes care of what is wrong",
  description: "No reminders, no escalation, no buzzer.",
  body: bodyOf({ node: nodeOrAll }),
  bodyExample: { node: "john-snow" },
  answer: {
    description: "The incidents, and what is in force.",
    schema: acknowledged,
    example: { ...IN_FORCE, acknowledged: [3] },
  },
} as const;

const alarmOperation = {
  id: "getAlarm",
  method: "get",
  path: "/api/v1/alarm",
  tag: "Actions",
  summary: "What keeps buzzers and messages quiet",
  access: "operator",
  answer: { description: "What is in force.", schema: inForce, example: IN_FORCE },
} as const;

export function actionRoutes(api: Api, { actions, projection }: ActionRoutesOptions): void {
  const hint = (where: string, found: unknown) =>
    where === "node" ? didYouMean(found, projection) : "";
  // The silence or maintenance of a revoked node can still be ended.
  const isKnown = (node: string) => {
    const { silences, maintenance } = actions.inForce();
    return projection.node(node) !== undefined ||
      [...silences, ...maintenance].some((one) => one.node === node);
  };
  /** `act` returns further keys of the answer. */
  const answer = async (
    context: Context,
    named: string | null | undefined,
    act: (node: string | undefined) => Promise<object | void>,
  ) => {
    const node = named ?? undefined;
    if (node !== undefined && !isKnown(node)) return noSuchNode(context, node, projection);
    return context.json({ ...await act(node), ...actions.inForce() });
  };
  api.act(silenceOperation, (context, { node, for: forMs }) => {
    return answer(context, node, (one) => actions.silence(one, forMs));
  }, hint);
  api.act(maintenanceOperation, (context, { node, for: forMs }) => {
    return answer(context, node, (one) => actions.maintain(one, forMs));
  }, hint);
  api.act(acknowledgeOperation, (context, { node }) => {
    return answer(context, node, async (one) => ({ acknowledged: await actions.acknowledge(one) }));
  }, hint);
  api.serve(alarmOperation, (context) => context.json(actions.inForce()));
}
