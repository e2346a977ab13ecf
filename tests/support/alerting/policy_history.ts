/** Random rules and events for the policy, and the player of these events. */

import fc from "fast-check";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";
import type { Route } from "../../../core/alerting/incident/route.ts";
import { PolicyOracle } from "./policy_oracle.ts";
import { channelTo, DAY_MS, HOUR_MS, MINUTE_MS, routeTo } from "./policy_score.ts";
import { PolicyWorld, type Truth } from "./policy_world.ts";

const NO_ANSWER = { kind: "other", text: "no answer" } as const;

const NODES = ["pi-1", "pi-2", "pi-3", "pi-4"];

const anyQuiet = fc.constantFrom(
  undefined,
  { fromMinute: 22 * 60, toMinute: 7 * 60 },
  { fromMinute: 60, toMinute: 180 },
);
const anyBudget = fc.record({
  recipients: fc.integer({ min: 1, max: 3 }),
  perHourMax: fc.integer({ min: 1, max: 6 }),
  quiet: anyQuiet,
});
const anyRoutes: fc.Arbitrary<readonly Route[]> = fc.record({
  sms: anyBudget.map((more) => channelTo("twilio", more)),
  webhook: anyQuiet.map((quiet) => channelTo("webhook", { perHourMax: Infinity, quiet })),
  shape: fc.constantFrom("sms", "all", "in_order"),
  holdMs: fc.constantFrom(0, 1000, 15_000, 60_000),
  remindMs: fc.constantFrom(Infinity, Infinity, 2 * HOUR_MS),
  escalation: fc.constantFrom(undefined, 0, 15 * MINUTE_MS),
}).map(({ sms, webhook, shape, holdMs, remindMs, escalation }) => {
  const more = { holdMs, remindMs };
  const first = shape === "in_order"
    ? [routeTo("people", { ...more, channels: [sms, webhook] })]
    : [routeTo("sms", { ...more, channels: [sms] })];
  const second = shape === "all" ? [routeTo("webhook", { ...more, channels: [webhook] })] : [];
  const third = escalation === undefined ? [] : [
    routeTo("escalation", {
      channels: [sms],
      holdMs: holdMs + escalation,
      skipsAcknowledged: true,
    }),
  ];
  return [...first, ...second, ...third];
});
export const anyRules: fc.Arbitrary<Rules> = fc.record({
  groupMs: fc.constantFrom(0, 1000, 5000, 60_000),
  routes: anyRoutes,
  flapDeaths: fc.constantFrom(0, 2, 3),
  flapWindowMs: fc.constantFrom(10 * MINUTE_MS, 30 * MINUTE_MS),
  blindAfterMs: fc.constantFrom(0, 60_000),
  groups: fc.constantFrom([], [{ name: "attic", nodes: ["pi-1", "pi-2"] }]),
  rebootsFromMs: fc.constant(-Infinity),
  timeOfDayMs: fc.constant((nowMs: number) => nowMs % DAY_MS),
});

const anyNode = fc.constantFrom(...NODES);
const anyNodeOrAll = fc.constantFrom(...NODES, undefined);
const anyChange = fc.tuple(anyNode, fc.constantFrom<Truth>("dead", "dead", "alive", "left"));
const anyEvent = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("change" as const), change: anyChange }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reboot" as const), node: anyNode }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sight" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("uplink" as const),
      channel: fc.constantFrom("twilio", "webhook"),
      up: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("acknowledge" as const), node: anyNodeOrAll }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("maintain" as const),
      node: anyNodeOrAll,
      forMs: fc.constantFrom(0, MINUTE_MS, HOUR_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), node: anyNode }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("restart" as const),
      downMs: fc.integer({ min: 0, max: 100_000 }),
      seesAfterMs: fc.integer({ min: 0, max: 100_000 }),
      changed: fc.array(anyChange, { maxLength: 2 }),
    }),
  },
);
/** An event of a cluster, its hub or its users. */
export type Event = typeof anyEvent extends fc.Arbitrary<infer E> ? E : never;

const anyGapMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 4000 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 2 * HOUR_MS }),
);

/** Events, each with the time before it. */
export const anyHistory = fc.array(fc.tuple(anyGapMs, anyEvent), { maxLength: 40 });

/** Plays the event now. The oracle will demand the messages that are due later. */
export function happen(world: PolicyWorld, judge: PolicyOracle, event: Event): void {
  switch (event.kind) {
    case "change": {
      const [node, to] = event.change;
      const isDeath = to === "dead" && world.truth.get(node) !== "dead" && !world.isBlind;
      world.change(node, to);
      const diedAtMs = world.nowMs;
      if (!isDeath) return;
      const { obligations } = judge;
      world.later(
        obligations.dueAfterMs(),
        () => obligations.demand(node, diedAtMs, (route) => judge.knows(route, node)),
      );
      return;
    }
    case "reboot":
      return world.reboot(event.node);
    case "sight":
      return world.see(!world.isBlind);
    case "uplink": {
      const { channel, up } = event;
      return world.feed({ kind: "uplink", channel, up, cause: NO_ANSWER, sinceMs: world.nowMs });
    }
    case "acknowledge":
      return world.feed(event);
    case "maintain": {
      const { node, forMs } = event;
      return world.feed({ kind: "maintain", node, untilMs: world.nowMs + forMs });
    }
    case "remove":
      return world.remove(event.node);
    case "restart":
      return world.restart(event);
  }
}
