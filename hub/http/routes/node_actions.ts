/** Add, rename, forget and revoke a node over HTTP, and test its alarm. */

import { type Context, Hono, type MiddlewareHandler } from "hono";
import { parseName, parseNodeId } from "../../../core/config/values.ts";
import type { NodeActions } from "../../actions/node_actions.ts";
import type { TestActions } from "../../delivery/test_actions.ts";
import type { Projection } from "../../live/projection.ts";
import { failure, limitBody, tooMany } from "../answer.ts";
import { bad, badRequest, type Fields, type JsonRequest, mistake, readFields } from "../body.ts";
import { refuseOthersForms } from "../origin.ts";
import { noSuchNode } from "./no_such_node.ts";

export interface NodeActionRoutesOptions {
  readonly nodeActions: NodeActions;
  readonly testActions: TestActions;
  readonly projection: Projection;
  readonly operator: MiddlewareHandler;
}

/** The routes, with their whole paths. */
export function nodeActionRoutes(options: NodeActionRoutesOptions): Hono {
  const { nodeActions, projection, operator } = options;
  const routes = new Hono();
  const guards = [operator, limitBody(), refuseOthersForms()] as const;
  const post = (path: string, keys: readonly string[], act: Act) =>
    routes.post(path, ...guards, async (context) => {
      const fields = await readFields(context, keys);
      if (fields.kind === "bad") return badRequest(context, fields.message);
      const id = context.req.param("id") ?? "";
      if (projection.node(id) === undefined) return noSuchNode(context, id, projection);
      return await act(context, id, fields.value.get("name"));
    });
  post("/api/v1/nodes/:id/rename", ["name"], async (context, id, value) => {
    const name = nameOf(value);
    if (name.kind === "bad") return badRequest(context, name.message);
    await nodeActions.rename(id, name.value);
    return context.json({ name: projection.node(id)?.name ?? id });
  });
  post("/api/v1/nodes/:id/forget", [], async (context, id) => {
    return noted(context, await nodeActions.forget(id));
  });
  post("/api/v1/nodes/:id/revoke", [], async (context, id) => {
    return noted(context, await nodeActions.revoke(id));
  });
  routes.post("/api/v1/enrol", ...guards, (context) => enrolOne(context, options));
  routes.post("/api/v1/alarm-test", ...guards, (context) => testAlarm(context, options));
  routes.post("/api/v1/test-message", ...guards, (context) => testMessage(context, options));
  return routes;
}

type Act = (context: Context, id: string, name: unknown) => Promise<Response>;

async function enrolOne(
  context: Context,
  { nodeActions }: NodeActionRoutesOptions,
): Promise<Response> {
  // The answer holds a password: it is shown once, and kept nowhere.
  context.header("Cache-Control", "no-store");
  const fields = await readFields(context, ["id", "name", "renew"]);
  const wish = fields.kind === "bad" ? fields : enrolmentOf(fields.value);
  if (wish.kind === "bad") return badRequest(context, wish.message);
  const { id, name, mayRenew } = wish.value;
  const enrolled = nodeActions.enrol(id, name, mayRenew);
  switch (enrolled.kind) {
    case "enrolled":
      return context.json({ ...enrolled.node, ...noteOf(enrolled.note) });
    case "exists": {
      const message = `"${id}" has a credential: a new one ends it, so ask with "renew": true`;
      return failure(context, 409, { code: "exists", message });
    }
    case "full":
      return failure(context, 409, { code: "full", message: "There are too many credentials" });
  }
}

interface Enrolment {
  readonly id: string;
  readonly name: string | undefined;
  readonly mayRenew: boolean;
}

function enrolmentOf(fields: Fields): JsonRequest<Enrolment> {
  const given = fields.get("id");
  const id = parseNodeId(typeof given === "string" ? given : "");
  if (!id.ok) return bad("id", id.expected, given);
  const name = nameOf(fields.get("name"));
  if (name.kind === "bad") return name;
  const mayRenew = fields.get("renew") ?? false;
  if (typeof mayRenew !== "boolean") return bad("renew", "true or false", mayRenew);
  return { kind: "good", value: { id: id.value, name: name.value, mayRenew } };
}

async function testAlarm(
  context: Context,
  { testActions, projection }: NodeActionRoutesOptions,
): Promise<Response> {
  const fields = await readFields(context, ["node"]);
  if (fields.kind === "bad") return badRequest(context, fields.message);
  const node = fields.value.get("node");
  if (typeof node !== "string") {
    return badRequest(context, mistake("node", "a node's id", node));
  }
  if (projection.node(node) === undefined) return noSuchNode(context, node, projection);
  const played = await testActions.playAlarm(node);
  if (played.kind === "too_soon") return tooSoon(context, played.waitMs);
  if (played.value) return context.json({});
  const message = "The hub has no connection to the broker";
  return failure(context, 503, { code: "blind", message });
}

async function testMessage(
  context: Context,
  { testActions }: NodeActionRoutesOptions,
): Promise<Response> {
  const fields = await readFields(context, []);
  if (fields.kind === "bad") return badRequest(context, fields.message);
  const sent = await testActions.sendMessages();
  if (sent.kind === "too_soon") return tooSoon(context, sent.waitMs);
  return context.json({ outcomes: sent.value });
}

/** A name as people give it; `null` and nothing are none. */
function nameOf(value: unknown): JsonRequest<string | undefined> {
  if (value === undefined || value === null) return { kind: "good", value: undefined };
  const parsed = typeof value === "string" && value.isWellFormed()
    ? parseName(value.trim())
    : undefined;
  if (parsed?.ok === true) return { kind: "good", value: parsed.value };
  return bad("name", parsed?.expected ?? "a name, or null", value);
}

function tooSoon(context: Context, waitMs: number): Response {
  const seconds = Math.ceil(waitMs / 1000);
  return tooMany(context, `Asked for a moment ago: wait ${seconds} s`, seconds);
}

function noted(context: Context, note: string | undefined): Response {
  return context.json(noteOf(note));
}

function noteOf(note: string | undefined): { readonly note?: string } {
  return note === undefined ? {} : { note };
}
