/** What the hub itself depends on: its broker, and the providers of its channels. */

import assert from "node:assert/strict";
import type { PolicyInput } from "../../../../core/alerting/policy/input.ts";
import {
  at,
  channelTo,
  faultAt,
  HOUR_MS,
  openDeath,
  playPolicy,
  providerAt,
  routeTo,
  sight,
  sightAt,
  told,
} from "../../../support/alerting/policy_score.ts";
import type { Note } from "../../../support/detection/score.ts";
import { linesOf, linesOfKind } from "../../../support/detection/score_lines.ts";

const SMS_AND_WEBHOOK = {
  routes: [routeTo("sms"), routeTo("webhook", { channels: [channelTo("webhook")] })],
};
const IN_ORDER = {
  routes: [routeTo("people", { channels: [channelTo("twilio"), channelTo("webhook")] })],
};

Deno.test("a broker that is away for a moment is nobody's business, not even history's", () => {
  const notes = [sightAt(100_000, true), sightAt(159_000, false)];
  assert.deepEqual(linesOf(playPolicy({ notes })), []);
});

Deno.test("a broker that stays away is told once, and its return once", () => {
  const notes = [sightAt(100_000, true), sightAt(400_000, false)];
  assert.deepEqual(linesOfKind(playPolicy({ notes }), "opened", "closed"), [
    "100s broker opened",
    "400s broker closed",
  ]);
  assert.deepEqual(told({ notes }), [
    "160s sms (twilio): blind since 100s",
    "405s sms (twilio): sees 100s to 400s",
  ]);
});

Deno.test("a broker that goes again before people heard of its return is away as they know", () => {
  const notes = [
    sightAt(100_000, true),
    sightAt(400_000, false),
    sightAt(403_000, true),
    sightAt(500_000, false),
  ];
  assert.deepEqual(told({ notes }), [
    "160s sms (twilio): blind since 100s",
    "505s sms (twilio): sees 100s to 500s",
  ]);
});

Deno.test("a graver reason of the same blindness is the one that people read", () => {
  const stalled = { ...sight(true, 100_000), cause: "stalled" } as const;
  const played = playPolicy({ notes: [[100_000, stalled], sightAt(100_000, true)] });
  const causes = played.flatMap(({ output }) => output.kind === "opened" ? [output.cause] : []);
  assert.deepEqual(causes, ["no_connection"]);
});

Deno.test("a hub that has just started has its grace, then says that it sees nothing", () => {
  assert.deepEqual(told({ notes: [], seesAtMs: 59_000 }), []);
  assert.deepEqual(told({ notes: [], seesAtMs: 100_000 }), [
    "60s sms (twilio): blind since 0s",
    "105s sms (twilio): sees 0s to 100s",
  ]);
  const rules = { blindAfterMs: 0, routes: [routeTo("sms", { holdMs: 0 })] };
  assert.deepEqual(told({ notes: [], seesAtMs: 9000, rules }), []);
  assert.deepEqual(
    told({ notes: [], seesAtMs: 11_000, rules })[0],
    [
      "10s sms (twilio): blind since 0s",
    ][0],
  );
});

Deno.test("a blind hub tells of no node, and every hold starts anew when it sees", () => {
  const notes = [at(10_000, "pi-1", "dead"), sightAt(20_000, true), sightAt(50_000, false)];
  assert.deepEqual(told({ notes }), ["65s sms (twilio): down PI-1 since 10s"]);
});

Deno.test("a hub that stalls again and again tells all the same, and of no stall", () => {
  const stalls = Array.from({ length: 300 }, (_, index) => {
    const atMs = 15_000 + index * 10_000;
    const sees = { ...sight(false, atMs + 2000), isAfterStall: true };
    return [sightAt(atMs, true), [atMs + 2000, sees] as const];
  }).flat();
  assert.deepEqual(told({ notes: [at(10_000, "pi-1", "dead"), ...stalls] }), [
    "32s sms (twilio): down PI-1 since 10s",
  ]);
});

Deno.test("a flapping node is stable in the end though the hub stalls again and again", () => {
  const deaths = [1, 4, 7].flatMap((minute) => [
    at(minute * 60_000, "pi-1", "dead"),
    at((minute + 2) * 60_000, "pi-1", "alive"),
  ]);
  const stalls = Array.from({ length: 100 }, (_, index) => {
    const atMs = 600_000 + index * 60_000;
    const sees = { ...sight(false, atMs + 2000), isAfterStall: true };
    return [sightAt(atMs, true), [atMs + 2000, sees] as const];
  }).flat();
  const lines = told({ notes: [...deaths, ...stalls], untilMs: 2 * HOUR_MS });
  assert.match(lines.at(-1) ?? "", /stable PI-1 now alive since 540s 6 changes$/);
});

Deno.test("a flapping node counts as stable only when it was watched for the whole window", () => {
  const deaths = [1, 4, 7].flatMap((minute) => [
    at(minute * 60_000, "pi-1", "dead"),
    at((minute + 2) * 60_000, "pi-1", "alive"),
  ]);
  const notes = [...deaths, sightAt(1_800_000, true), sightAt(1_830_000, false)];
  assert.equal(
    told({ notes }).at(-1),
    "3630s sms (twilio): stable PI-1 now alive since 540s 6 changes",
  );
});

Deno.test("who comes back soon after a blindness was never told", () => {
  const notes = [
    at(10_000, "pi-1", "dead"),
    sightAt(20_000, true),
    sightAt(50_000, false),
    at(51_000, "pi-1", "alive"),
  ];
  assert.deepEqual(told({ notes }), []);
});

Deno.test("reminders wait while the hub is blind", () => {
  const rules = { routes: [routeTo("sms", { remindMs: HOUR_MS })] };
  const notes = [at(10_000, "pi-1", "dead"), sightAt(3_600_000, true), sightAt(3_650_000, false)];
  assert.deepEqual(told({ notes, rules, untilMs: 2 * HOUR_MS }), [
    "25s sms (twilio): down PI-1 since 10s",
    "3650s sms (twilio): still_down PI-1 since 10s",
  ]);
});

Deno.test("a provider that cannot be reached is told through the other channel alone", () => {
  const notes = [providerAt(100_000, "twilio", false), providerAt(500_000, "twilio", true)];
  assert.deepEqual(told({ notes, rules: IN_ORDER }), [
    "160s people (webhook): uplink_down twilio since 100s",
    "505s people (twilio): uplink_back twilio 100s to 500s",
  ]);
});

Deno.test("a route is told of another route's provider", () => {
  const notes = [providerAt(100_000, "twilio", false), providerAt(500_000, "twilio", true)];
  const rules = SMS_AND_WEBHOOK;
  assert.deepEqual(told({ notes, rules }), [
    "160s webhook (webhook): uplink_down twilio since 100s",
    "505s webhook (webhook): uplink_back twilio 100s to 500s",
  ]);
});

Deno.test("the only channel's provider is told of to nobody, and history knows", () => {
  const notes = [providerAt(100_000, "twilio", false), providerAt(500_000, "twilio", true)];
  assert.deepEqual(linesOf(playPolicy({ notes })), [
    "100s uplink twilio opened",
    "500s uplink twilio closed",
  ]);
});

Deno.test("a provider that is away for a moment is nobody's business", () => {
  const notes = [providerAt(100_000, "twilio", false), providerAt(150_000, "twilio", true)];
  assert.deepEqual(told({ notes, rules: IN_ORDER }), []);
});

Deno.test("a provider that is reported late is told at once", () => {
  const late = {
    kind: "uplink",
    channel: "twilio",
    up: false,
    cause: "",
    sinceMs: 10_000,
  } as const;
  assert.deepEqual(told({ notes: [[100_000, late]], rules: IN_ORDER }), [
    "100s people (webhook): uplink_down twilio since 10s",
  ]);
});

Deno.test("when no provider can be reached, what is known waits where it will go out", () => {
  const notes = [
    providerAt(100_000, "twilio", false),
    providerAt(101_000, "webhook", false),
    providerAt(500_000, "webhook", true),
    providerAt(600_000, "twilio", true),
  ];
  const lines = told({ notes, rules: IN_ORDER });
  const known = lines.filter((line) => line.includes("uplink_back twilio"));
  assert.equal(known.length, 1, lines.join("\n"));
});

Deno.test("a provider that was away in an earlier run is passed over until it is heard of", () => {
  const open = [openDeath("", {
    subject: { kind: "uplink", channel: "twilio" },
    told: ["people"],
  })];
  const notes = [at(10_000, "pi-1", "dead"), providerAt(60_000, "twilio", true)];
  assert.deepEqual(told({ notes, open, rules: IN_ORDER }), [
    "25s people (webhook): down PI-1 since 10s",
    "65s people (twilio): uplink_back twilio -60s to 60s",
  ]);
});

Deno.test("a hub that did not run for long and sees again at once tells nobody that it was blind", () => {
  const wakes: Note<PolicyInput> = [200_000, sight(true, 100_000)];
  assert.deepEqual(told({ notes: [wakes, sightAt(200_010, false)] }), []);
  const stays = told({ notes: [wakes], untilMs: HOUR_MS });
  assert.deepEqual(stays.map((line) => line.replace(/:.*/, "")), ["260s sms (twilio)"]);
});

Deno.test("the hub's own network that is out is told as such, and nothing of the broker", () => {
  const blind = { ...sight(true, 100_000), of: "network", cause: "no_link" } as const;
  const notes: Note<PolicyInput>[] = [[100_000, blind], sightAt(400_000, false)];
  assert.deepEqual(linesOfKind(playPolicy({ notes }), "opened", "closed"), [
    "100s network opened",
    "400s network closed",
  ]);
  assert.deepEqual(told({ notes }), [
    "160s sms (twilio): fault network (no_link) since 100s",
    "405s sms (twilio): fault over network 100s to 400s",
  ]);
  const moment: Note<PolicyInput>[] = [[100_000, blind], sightAt(150_000, false)];
  assert.deepEqual(linesOf(playPolicy({ notes: moment })), []);
});

Deno.test("a fault of the hub is told after the hold, also while it is blind, and so is its end", () => {
  const subject = { kind: "hub", fault: "storage" } as const;
  const notes = [
    sightAt(90_000, true),
    faultAt(100_000, subject, true),
    faultAt(110_000, subject, true),
    sightAt(130_000, false),
    faultAt(400_000, subject, false),
  ];
  assert.deepEqual(told({ notes }), [
    "115s sms (twilio): fault hub storage (no_answer) since 100s",
    "405s sms (twilio): fault over hub storage 100s to 400s",
  ]);
});

Deno.test("a fault that ends quietly is told once, and is over when everybody has heard of it", () => {
  const subject = { kind: "hub", fault: "history_damaged" } as const;
  const over = (atMs: number): Note<PolicyInput> => [
    atMs,
    {
      kind: "fault",
      subject,
      name: "",
      isWrong: false,
      cause: "",
      sinceMs: atMs,
      endsQuietly: true,
    },
  ];
  const begins = faultAt(100_000, subject, true);
  const notes = [begins, over(110_000), over(400_000), over(700_000)];
  assert.deepEqual(told({ notes }), [
    "115s sms (twilio): fault hub history_damaged (no_answer) since 100s",
  ]);
  assert.deepEqual(linesOfKind(playPolicy({ notes }), "opened", "closed"), [
    "100s hub history_damaged opened",
    "400s hub history_damaged closed",
  ]);
  const quiet: Note<PolicyInput> = [50_000, {
    kind: "maintain",
    node: undefined,
    untilMs: 900_000,
  }];
  assert.deepEqual(told({ notes: [quiet, ...notes, over(1_000_000)] }), [
    "900s sms (twilio): fault hub history_damaged (no_answer) since 100s",
  ]);
});

Deno.test("a vital sign as bad as a death is told of its node, unless it is in maintenance", () => {
  const subject = { kind: "vital", node: "pi-1", vital: "storage" } as const;
  const notes = [faultAt(100_000, subject, true)];
  assert.deepEqual(told({ notes }), [
    "115s sms (twilio): fault vital pi-1 storage (no_answer) since 100s",
  ]);
  const removed: Note<PolicyInput> = [105_000, { kind: "removed", node: "pi-1", atMs: 105_000 }];
  assert.deepEqual(told({ notes: [...notes, removed] }), []);
  const muted: Note<PolicyInput> = [50_000, { kind: "maintain", node: "pi-1", untilMs: 900_000 }];
  assert.deepEqual(told({ notes: [muted, ...notes] }), [
    "900s sms (twilio): fault vital pi-1 storage (no_answer) since 100s",
  ]);
});
