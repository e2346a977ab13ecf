/** What people read in the end, whatever became of each attempt: policy, ledger and a real database. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { subjectKey } from "../../../core/alerting/alert.ts";
import { itemSubject } from "../../../core/alerting/alert_item.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { isEnd, spanOf } from "../../support/alerting/item_span.ts";
import { channelTo, routeTo, RULES, sight } from "../../support/alerting/policy_score.ts";
import {
  type End,
  ENDS,
  LedgerMemory,
  type Reading,
} from "../../support/delivery/ledger_memory.ts";
import { HubMemory } from "../../support/store/hub_memory.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CHANNELS = ["twilio", "webhook"] as const;

/** What somebody who read these believes to be wrong. */
function understood(readings: readonly Reading[]): readonly string[] {
  const believed = new Set<string>();
  for (const item of readings.flatMap(({ items }) => items)) {
    if (item.kind === "rebooted" || item.kind === "uplink_down" || item.kind === "uplink_back") {
      continue;
    }
    const key = subjectKey(itemSubject(item));
    if (item.kind === "flapping" || item.kind === "stable") believed.delete(`node ${item.node}`);
    if (item.kind === "stable" && item.now === "dead") believed.add(`node ${item.node}`);
    if (isEnd(item)) believed.delete(key);
    else believed.add(key);
  }
  return [...believed].sort();
}

/** Nobody reads the same twice, nor the beginning of something after its end; by one wall clock. */
function assertInOrder(readings: readonly Reading[]): void {
  const read = new Set<string>();
  for (const { route, channel, items, text } of readings.filter((one) => !one.isRepeated)) {
    for (const item of items) {
      if (item.kind === "still_down") continue;
      const { fromMs, toMs } = spanOf(item);
      const what = `${route} ${channel} ${item.kind} ${subjectKey(itemSubject(item))} ${fromMs}`;
      const ends = item.kind === "down" ? [what.replace(" down ", " recovered ")] : [];
      const known = [`${what} ${toMs}`, ...ends].find((one) => read.has(one));
      assert.equal(known, undefined, `${text} was told again`);
      read.add(`${what} ${toMs}`).add(what);
    }
  }
}

const EVENTS = fc.array(
  fc.record({
    waitMs: fc.oneof(
      fc.integer({ min: 0, max: 30_000 }),
      fc.integer({ min: 0, max: 2 * 60 * MINUTE_MS }),
    ),
    node: fc.constantFrom("arya", "bran", "sansa"),
    what: fc.constantFrom(
      ...["change", "change", "change", "change", "twilio", "webhook", "confess"] as const,
      ...["restart", "acknowledge", "reboot", "blind", "sees"] as const,
      ...["rename", "remove", "step"] as const,
    ),
    stepMs: fc.integer({ min: -DAY_MS, max: DAY_MS }),
    ends: fc.array(fc.constantFrom(...ENDS), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 40 },
);

/** Somebody can always be reached: only the first channel loses messages for good. */
function endBy(channel: string, end: End): End {
  const isLost = end === "refused" || end === "undelivered";
  return channel === "webhook" && isLost ? "deferred" : end;
}

const channels = [
  channelTo("twilio", { perHourMax: 6 }),
  channelTo("webhook", { perHourMax: Infinity }),
];
const people = routeTo("people", { channels, remindMs: 6 * 60 * MINUTE_MS });
const escalation = routeTo("escalation", {
  channels,
  holdMs: 15 * MINUTE_MS,
  skipsAcknowledged: true,
});
const ROUTES = [people, escalation];
/** The same people by another name, as after a change of the configuration. */
const RENAMED = [{ ...people, name: "family" }, escalation];
const recipients = recipientsOf(
  [...ROUTES, ...RENAMED].map((route) => ({
    route,
    recipients: route.channels.map(({ name }) => [name]),
  })),
);

Deno.test("whatever becomes of each attempt, people know in the end what is true, and read nothing twice", () => {
  fc.assert(
    fc.property(EVENTS, (events) => {
      using memory = new HubMemory({ ...RULES, routes: ROUTES });
      const post = new LedgerMemory(memory, recipients);
      const removed = new Set<string>();
      let isRenamed = false;
      /** What was read before each step of the wall clock, and after the last one. */
      const firstOfClock = [0];
      const setDown = (channel: string, isDown: boolean) => {
        if (isDown) post.down.add(channel);
        else post.down.delete(channel);
        const cause = isDown ? "no_connection" : "";
        const sinceMs = memory.clock.nowMs();
        memory.act({ kind: "uplink", channel, up: !isDown, cause, sinceMs });
      };
      memory.act(sight(false, 0));
      for (const { waitMs, node, what, ends, stepMs } of events) {
        memory.pass(waitMs);
        const nowMs = memory.clock.nowMs();
        if (what === "change") memory.change(node);
        else if (what === "twilio" || what === "webhook") setDown(what, !post.down.has(what));
        else if (what === "confess") post.confess();
        else if (what === "restart") memory.restart();
        else if (what === "rename") {
          isRenamed = !isRenamed;
          memory.restart(isRenamed ? RENAMED : ROUTES);
        } else if (what === "remove") {
          removed.add(`node ${node}`);
          memory.remove(node);
        } else if (what === "step") {
          memory.step(stepMs);
          firstOfClock.push(post.readings.length);
        } else if (what === "acknowledge") memory.act({ kind: "acknowledge", node });
        else if (what === "reboot") {
          memory.act({ kind: "rebooted", node, name: node, atMs: nowMs, lastHeardMs: undefined });
        } else memory.act(sight(what === "blind", nowMs));
        for (const end of ends) post.attempt((channel) => endBy(channel, end));
      }
      for (const channel of CHANNELS) if (post.down.has(channel)) setDown(channel, false);
      memory.act(sight(false, memory.clock.nowMs()));
      memory.pass(3 * DAY_MS);
      post.confess();
      while (memory.store.outbox.next().length > 0) post.attempt(() => "accepted");
      for (const [index, first] of firstOfClock.entries()) {
        assertInOrder(post.readings.slice(first, firstOfClock[index + 1]));
      }
      const watched = (keys: readonly string[]) => keys.filter((key) => !removed.has(key)).sort();
      const dead = [...memory.truth].filter(([, is]) => is === "dead").map(([id]) => `node ${id}`);
      const readBy = (...routes: readonly string[]) =>
        post.readings.filter((one) => routes.includes(one.route));
      assert.deepEqual(watched(understood(readBy("people", "family"))), watched(dead));
      // Escalation may know less, for somebody took care, but never anything that is over.
      const unknown = understood(readBy("escalation")).filter((key) => !dead.includes(key));
      assert.deepEqual(watched(unknown), []);
    }),
    { numRuns: 300 },
  );
});
