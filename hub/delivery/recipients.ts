/** The recipients of messages. */

import type { Route, RouteChannel } from "../../core/alerting/incident/route.ts";
import { quietForMs } from "../../core/config/value/quiet_hours.ts";
import { localTimeOfDayMs } from "../../io/time/local_time.ts";

/** The people of each route, by the channel that reaches them. */
export interface Recipients {
  /** In the channel's own terms, each once; empty for an unknown route or channel. */
  recipients(route: string, channel: string): readonly string[];
  /**
   * The channel for a route's messages when `channel` fails. After the last channel of the route
   * the first one follows. `undefined` if the route has no other.
   */
  next(route: string, channel: string): RouteTarget | undefined;
}

/** A channel and its recipients. */
export interface RouteTarget {
  readonly channel: string;
  readonly recipients: readonly string[];
  /** How long its quiet hours still last at this wall clock time, in ms; 0 outside of them. */
  quietForMs(wallMs: number): number;
}

/** How long the quiet hours of a message's own channel still last at this wall clock time, in ms. */
export function quietForMsOf(
  next: Recipients["next"],
  { route, channel }: { readonly route: string; readonly channel: string },
  wallMs: number,
): number {
  const others = targetsAfter(next, { route, channel });
  const own = next(route, others.at(-1)?.channel ?? channel);
  return own?.channel === channel ? own.quietForMs(wallMs) : 0;
}

/** The other channels of a route, in the order in which they replace `channel`. */
export function targetsAfter(
  next: Recipients["next"],
  { route, channel }: { readonly route: string; readonly channel: string },
): readonly RouteTarget[] {
  const targets: RouteTarget[] = [];
  const known = new Set([channel]);
  let target = next(route, channel);
  while (target !== undefined && !known.has(target.channel)) {
    known.add(target.channel);
    targets.push(target);
    target = next(route, target.channel);
  }
  return targets;
}

/** One route with its people; `recipients` are those of `route.channels` in the same order. */
export interface RouteMember {
  readonly route: Route;
  readonly recipients: readonly (readonly string[])[];
}

/** The recipients of all routes. */
export function recipientsOf(memberships: readonly RouteMember[]): Recipients {
  const people = new Map<string, readonly string[]>();
  const following = new Map<string, RouteTarget>();
  for (const { route, recipients } of memberships) {
    const targets = route.channels.map((channel, index) => targetOf(channel, recipients[index]));
    for (const [index, target] of targets.entries()) {
      people.set(keyOf(route.name, target.channel), target.recipients);
      const next = targets[(index + 1) % targets.length];
      if (next === undefined || next === target) continue;
      following.set(keyOf(route.name, target.channel), next);
    }
  }
  return {
    recipients: (route, channel) => people.get(keyOf(route, channel)) ?? [],
    next: (route, channel) => following.get(keyOf(route, channel)),
  };
}

function targetOf({ name, quiet }: RouteChannel, recipients: readonly string[] = []): RouteTarget {
  return {
    channel: name,
    recipients,
    quietForMs: (wallMs) => quiet === undefined ? 0 : quietForMs(quiet, localTimeOfDayMs(wallMs)),
  };
}

/** Names of routes and channels are single words. */
function keyOf(route: string, channel: string): string {
  return `${route} ${channel}`;
}
