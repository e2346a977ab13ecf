/** What the tests of actions share: requests as a program makes them, and what trackers are told. */

import type { InForce } from "../../../hub/alarm/silences.ts";
import type { HeardMessage, TestClient } from "../broker/mqtt_client.ts";
import { ROOT } from "../program/cluster.ts";
import type { Hub } from "../program/programs.ts";
import { until } from "../time/until.ts";

/** Where buttons say that buzzers are to be quiet; the hub repeats its own word there. */
export const ALARM = `${ROOT}/alarm`;
/** Where the hub alone says which buzzers are to be quiet. */
export const HUB_ALARM = `${ROOT}/hub/alarm`;

/** A POST with the password, whatever comes back. */
export async function post(
  hub: Hub,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return await hub.fetch(`/api/v1/${path}`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${hub.password}`,
      "Content-Type": "application/json",
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** What is in force afterwards; `acknowledged` are the incidents' ids. */
export type ActionAnswer = InForce & { readonly acknowledged?: readonly number[] };

/** An action that must succeed; answers what is in force then. */
export async function act(hub: Hub, path: string, body: unknown): Promise<ActionAnswer> {
  const response = await post(hub, path, body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** What is in force, as `silenced john-snow 20m`, `maintained all 2h`: whole minutes from `fromMs` on. */
export function summaryOf({ silences, maintenance }: InForce, fromMs: number): readonly string[] {
  const line = (what: string) => (one: { readonly node: string | null; readonly until: string }) =>
    `${what} ${one.node ?? "all"} ${Math.round((Date.parse(one.until) - fromMs) / 60_000)}m`;
  return [...silences.map(line("silenced")), ...maintenance.map(line("maintained"))];
}

/** What trackers are told. */
export interface ToldAlarm {
  readonly at?: string;
  readonly silenced_until: string | null;
  readonly since?: string;
  readonly maintenance_until?: string | null;
  readonly acknowledged?: readonly string[];
  readonly nodes?: Readonly<Record<string, { readonly until: string; readonly since?: string }>>;
}

/** The messages to the trackers so far. */
export function alarmsOf({ messages }: TestClient): readonly ToldAlarm[] {
  return messages.filter(isAlarm).map(({ payload }) => JSON.parse(payload));
}

/** Until the newest message to the trackers is so. */
export async function untilAlarm(
  client: TestClient,
  what: string,
  holds: (alarm: ToldAlarm) => boolean,
): Promise<ToldAlarm> {
  return await until(`the trackers to be told ${what}`, () => {
    const newest = alarmsOf(client).at(-1);
    return newest !== undefined && holds(newest) && newest;
  }, { withinMs: 45_000 });
}

function isAlarm({ topic }: HeardMessage): boolean {
  return topic === HUB_ALARM;
}
