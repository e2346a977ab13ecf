/**
 * Shared by the tests of actions: requests like those of a program, and the messages to trackers.
 */

import type { InForce } from "../../../hub/alarm/silences.ts";
import type { HeardMessage, TestClient } from "../broker/mqtt_client.ts";
import { ROOT } from "../program/cluster.ts";
import type { Hub } from "../program/programs.ts";
import { until } from "../time/until.ts";

/** The topic of buttons; the hub repeats its own message there. */
export const ALARM = `${ROOT}/alarm`;
/** The topic on which only the hub publishes silences. */
export const HUB_ALARM = `${ROOT}/hub/alarm`;

/** Sends a POST with the password, and returns any answer. */
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

/** Runs an action that must succeed; returns what is in force then. */
export async function act(hub: Hub, path: string, body: unknown): Promise<ActionAnswer> {
  const response = await post(hub, path, body);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/**
 * Returns what is in force, as `silenced john-snow 20m`, `maintained all 2h`: whole minutes from
 * `fromMs`.
 */
export function summaryOf({ silences, maintenance }: InForce, fromMs: number): readonly string[] {
  const line = (what: string) => (one: { readonly node: string | null; readonly until: string }) =>
    `${what} ${one.node ?? "all"} ${Math.round((Date.parse(one.until) - fromMs) / 60_000)}m`;
  return [...silences.map(line("silenced")), ...maintenance.map(line("maintained"))];
}

/** A message to the trackers. */
export interface SentAlarm {
  readonly at?: string;
  readonly silenced_until: string | null;
  readonly since?: string;
  readonly maintenance_until?: string | null;
  readonly acknowledged?: readonly string[];
  readonly nodes?: Readonly<Record<string, { readonly until: string; readonly since?: string }>>;
}

/** Returns the messages to the trackers so far. */
export function alarmsOf({ messages }: TestClient): readonly SentAlarm[] {
  return messages.filter(isAlarm).map(({ payload }) => JSON.parse(payload));
}

/** Waits until the newest message to the trackers matches. */
export async function untilAlarm(
  client: TestClient,
  what: string,
  holds: (alarm: SentAlarm) => boolean,
): Promise<SentAlarm> {
  return await until(`the trackers to be told ${what}`, () => {
    const newest = alarmsOf(client).at(-1);
    return newest !== undefined && holds(newest) && newest;
  }, { withinMs: 45_000 });
}

function isAlarm({ topic }: HeardMessage): boolean {
  return topic === HUB_ALARM;
}
