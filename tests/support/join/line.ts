/** Lines for Pis as a person gets them from a hub under test, and their use without a shell. */

import assert from "node:assert/strict";
import type { JoinView } from "../../../core/api/join_view.ts";
import type { Offer } from "../../../web/add_page/offer.ts";
import { post } from "../page/hub_actions.ts";
import type { Hub } from "../program/programs.ts";

/** As the API answers it. */
export type Line = Offer;

/** Asks for a line, which must be given. */
export async function lineFor(
  hub: Hub,
  id: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Line> {
  const response = await post(hub, "enrol", { id, join: true, ...more });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text);
}

/** The path of the script, with the token. */
export function pathOf({ line }: Pick<Line, "line">): string {
  const path = /\/join\/[\w-]+/.exec(line)?.[0];
  assert.ok(path, line);
  return path;
}

export async function joinsOf(hub: Hub): Promise<readonly JoinView[]> {
  return (await hub.api<{ readonly joins: readonly JoinView[] }>("/api/v1/joins")).joins;
}

/** The value of a variable that the script sets. */
export function valueIn(script: string, name: string): string {
  const value = new RegExp(`^${name}='([^']*)'$`, "m").exec(script)?.[1];
  assert.ok(value !== undefined, `${name} in ${script.slice(0, 2000)}`);
  return value;
}

/** What the script's run asks of the hub. */
export async function asRun(
  hub: Hub,
  path: string,
  { key, body = {} }: { readonly key: string; readonly body?: unknown },
): Promise<Response> {
  return await hub.fetch(path, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}
