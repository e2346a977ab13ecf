/** Add, rename, forget and revoke a node over HTTP, and test its alarm. */

import type { Context } from "hono";
import type { NodeActions } from "../../actions/node_actions.ts";
import type { TestActions } from "../../delivery/test_actions.ts";
import type { Projection } from "../../live/projection.ts";
import type { Store } from "../../store/store.ts";
import { failure, tooMany } from "../answer.ts";
import type { Api } from "../api/api.ts";
import { noSuchNode } from "./no_such_node.ts";
import {
  enrolOperation,
  forgetOperation,
  renameOperation,
  revokeOperation,
  testAlarmOperation,
  testMessageOperation,
} from "./node_action_operations.ts";

export interface NodeActionRoutesOptions {
  readonly nodeActions: NodeActions;
  readonly testActions: TestActions;
  readonly projection: Projection;
  readonly store: Pick<Store, "answers">;
}

export function nodeActionRoutes(api: Api, options: NodeActionRoutesOptions): void {
  const { nodeActions, testActions, projection, store } = options;
  const answer = async (context: Context, act: (id: string) => Promise<Response>) => {
    const id = context.req.param("id") ?? "";
    return projection.node(id) === undefined ? noSuchNode(context, id, projection) : await act(id);
  };
  api.act(renameOperation, (context, { name }) =>
    answer(context, async (id) => {
      await nodeActions.rename(id, name ?? undefined);
      return context.json({ name: projection.node(id)?.name ?? id });
    }));
  api.act(
    forgetOperation,
    (context) => answer(context, async (id) => noted(context, await nodeActions.forget(id))),
  );
  api.act(
    revokeOperation,
    (context) =>
      answer(context, async (id) => {
        if (!store.answers) return noDisk(context);
        return noted(context, await nodeActions.revoke(id));
      }),
  );
  api.act(enrolOperation, async (context, { id, name, renew }) => {
    if (!store.answers) return noDisk(context);
    const enrolled = await nodeActions.enrol(id, name ?? undefined, renew);
    switch (enrolled.kind) {
      case "enrolled":
        return context.json({ ...enrolled.node, ...noteOf(enrolled.note) });
      case "exists": {
        const message = `"${id}" has a credential: a new one ends it, so ask with "renew": true`;
        return failure(context, 409, { code: "exists", message });
      }
      case "full": {
        const message = `${enrolled.max} nodes have a credential, and more are not possible`;
        return failure(context, 409, { code: "full", message });
      }
    }
  });
  api.act(testAlarmOperation, async (context, { node }) => {
    if (projection.node(node) === undefined) return noSuchNode(context, node, projection);
    const played = await testActions.playAlarm(node);
    if (played.kind === "too_soon") return tooSoon(context, played.waitMs);
    if (played.value) return context.json({});
    const message = "The hub has no connection to the broker";
    return failure(context, 503, { code: "blind", message });
  });
  api.act(testMessageOperation, async (context) => {
    const sent = await testActions.sendMessages();
    if (sent.kind === "too_soon") return tooSoon(context, sent.waitMs);
    return context.json({ outcomes: sent.value });
  });
}

/** The password file would be written on the hub's loop, which would hang. */
function noDisk(context: Context): Response {
  const message = "The hub's disk does not answer: nothing can be written now";
  return failure(context, 503, { code: "no_disk", message });
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
