/** Who is told. */

import type { Route } from "../core/policy/route.ts";

/** The people of each route, by the channel that reaches them. */
export interface Audience {
  /** In the channel's own terms, each once; empty for a route or channel that nobody set up. */
  recipients(route: string, channel: string): readonly string[];
  /** Where a route's messages go when `channel` fails; `undefined` after its last one. */
  next(route: string, channel: string): RouteTarget | undefined;
}

/** A channel, and whom it reaches. */
export interface RouteTarget {
  readonly channel: string;
  readonly recipients: readonly string[];
}

/** One route with its people; `recipients` are those of `route.channels` in the same order. */
export interface Membership {
  readonly route: Route;
  readonly recipients: readonly (readonly string[])[];
}

/** The audience that the memberships make. */
export function audienceOf(memberships: readonly Membership[]): Audience {
  const people = new Map<string, readonly string[]>();
  const following = new Map<string, RouteTarget>();
  for (const { route, recipients } of memberships) {
    let previous: string | undefined;
    for (const [index, { name: channel }] of route.channels.entries()) {
      const target = { channel, recipients: recipients[index] ?? [] };
      people.set(keyOf(route.name, channel), target.recipients);
      if (previous !== undefined) following.set(keyOf(route.name, previous), target);
      previous = channel;
    }
  }
  return {
    recipients: (route, channel) => people.get(keyOf(route, channel)) ?? [],
    next: (route, channel) => following.get(keyOf(route, channel)),
  };
}

/** Names of routes and channels are single words. */
function keyOf(route: string, channel: string): string {
  return `${route} ${channel}`;
}
