/** Add, rename, forget and revoke a node over HTTP, and test its alarm. */

import type { Context } from "hono";
import { UNHEARD_SHOWN_MAX } from "../../../core/api/credential_view.ts";
import type { EnrolRefusal, NodeActions } from "../../actions/node_actions.ts";
import type { TestActions } from "../../delivery/test_actions.ts";
import type { JoinOffers, Offered } from "../../join/join_offers.ts";
import type { Joins } from "../../join/joins.ts";
import type { Projection } from "../../live/projection.ts";
import type { Store } from "../../store/store.ts";
import type { UpgradeRefusal, Upgrades } from "../../update/upgrades.ts";
import { failure, tooMany } from "../answer.ts";
import { type Api, badRequest } from "../api/api.ts";
import { isByOwnSocket } from "../own_socket.ts";
import { requestOriginOf } from "../request_origin.ts";
import { noSuchNode } from "./no_such_node.ts";
import {
  credentialsOperation,
  endJoinOperation,
  enrolOperation,
  forgetOperation,
  joinsOperation,
  linksOperation,
  renameOperation,
  revokeOperation,
  testAlarmOperation,
  testMessageOperation,
  upgradeAllOperation,
  upgradeOperation,
} from "./node_action_operations.ts";

/** Lines end by themselves, but not soon. */
const CROWDED_S = 60;

export interface NodeActionRoutesOptions {
  readonly joinOffers: JoinOffers;
  readonly joins: Joins;
  readonly nodeActions: NodeActions;
  readonly testActions: TestActions;
  readonly projection: Projection;
  readonly store: Pick<Store, "answers">;
  readonly upgrades: Upgrades;
}

export function nodeActionRoutes(api: Api, options: NodeActionRoutesOptions): void {
  const { joinOffers, joins, nodeActions, testActions, projection, store, upgrades } = options;
  const answer = async (context: Context, act: (id: string) => Promise<Response>) => {
    const id = context.req.param("id") ?? "";
    return projection.node(id) === undefined ? noSuchNode(context, id, projection) : await act(id);
  };
  api.act(renameOperation, (context, { name }) =>
    answer(context, async (id) => {
      await nodeActions.rename(id, name ?? undefined);
      return context.json({ name: projection.node(id)?.name ?? id });
    }));
  api.act(linksOperation, (context, { links }) =>
    answer(context, (id) => {
      nodeActions.setLinks(id, links ?? undefined);
      return Promise.resolve(context.json({}));
    }));
  api.act(
    forgetOperation,
    (context) => answer(context, async (id) => noted(context, await nodeActions.forget(id))),
  );
  api.act(
    revokeOperation,
    async (context) => {
      const id = context.req.param("id") ?? "";
      // A node that has joined in part was never heard, and has a credential.
      const isKnown = projection.node(id) !== undefined || nodeActions.isEnrolled(id);
      if (!isKnown) return noSuchNode(context, id, projection);
      if (!store.answers) return noDisk(context);
      return noted(context, await nodeActions.revoke(id));
    },
  );
  api.act(upgradeOperation, (context) =>
    answer(context, async (id) => {
      const asked = await upgrades.ask(id);
      return typeof asked === "string" ? notUpgraded(context, asked) : context.json(asked);
    }));
  api.act(upgradeAllOperation, async (context) => context.json(await upgrades.askAll()));
  api.act(enrolOperation, async (context, { id, name, renew, join, updates }) => {
    if (!store.answers) return noDisk(context);
    if (updates === true && !join) {
      return badRequest(context, "updates: expected join: true beside it", "updates");
    }
    if (join) {
      const askedAt = isByOwnSocket(context) ? undefined : requestOriginOf(context);
      const request = {
        id,
        name: name ?? undefined,
        mayRenew: renew,
        askedAt,
        updates: updates ?? undefined,
      };
      const offered = await joinOffers.offer(request);
      return offered.kind === "offered"
        ? context.json(offered.offer)
        : notEnrolled(context, id, offered);
    }
    const enrolled = await nodeActions.enrol(id, name ?? undefined, renew);
    switch (enrolled.kind) {
      case "enrolled":
        return context.json({ ...enrolled.node, ...noteOf(enrolled.note) });
      case "broker":
        return failure(context, 503, { code: "broker", message: enrolled.why });
      default:
        return notEnrolled(context, id, enrolled);
    }
  });
  api.serve(credentialsOperation, (context) => {
    const trackers = new Set(projection.alarm.trackers);
    const isHeard = (id: string) => projection.node(id) !== undefined || trackers.has(id);
    const all = nodeActions.unheard(isHeard);
    return context.json({ unheard: all.slice(0, UNHEARD_SHOWN_MAX), total: all.length });
  });
  api.serve(joinsOperation, (context) => context.json({ joins: joins.views() }));
  api.serve(endJoinOperation, (context) => {
    if (joins.end(context.req.param("id") ?? "")) return context.json({});
    return failure(context, 404, { code: "not_found", message: "There is no such open line" });
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

const NOT_UPGRADED: Readonly<Record<UpgradeRefusal, string>> = {
  updates_off: "takes no upgrades from this hub: a new line, made with upgrades, lets it",
  not_up: "is not up now",
  up_to_date: "has the newest version that the hub has for it ([hub] packages)",
};

function notUpgraded(context: Context, code: UpgradeRefusal): Response {
  const message = `${context.req.param("id") ?? ""} ${NOT_UPGRADED[code]}`;
  return failure(context, 409, { code, message });
}

type NotEnrolled =
  | EnrolRefusal
  | Extract<Offered, { readonly kind: "crowded" | "no_tls" | "no_key" }>;

function notEnrolled(context: Context, id: string, refusal: NotEnrolled): Response {
  switch (refusal.kind) {
    case "exists": {
      const message = `"${id}" has a credential: a new one ends it, so ask with "renew": true`;
      return failure(context, 409, { code: "exists", message });
    }
    case "full": {
      const message = `${refusal.max} nodes have a credential, and more are not possible`;
      return failure(context, 409, { code: "full", message });
    }
    case "no_key": {
      const message = "The hub has no key to sign packages: its log says why";
      return failure(context, 503, { code: "internal", message });
    }
    case "no_tls": {
      const message = "The hub is reached there without TLS, so a Pi can take no upgrades from it";
      return failure(context, 403, { code: "no_tls", message });
    }
    case "crowded": {
      const message = `${refusal.max} lines are open: use them, or end one`;
      return tooMany(context, message, CROWDED_S);
    }
  }
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
