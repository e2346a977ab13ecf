/** Notifications outlive the hub: the policy with its real database, killed and restarted. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { type Alert, subjectKey } from "../../../core/alerting/alert.ts";
import { itemSubject } from "../../../core/alerting/alert_item.ts";
import { isEnd } from "../../support/alerting/item_span.ts";
import { channelTo, routeTo, RULES, sight } from "../../support/alerting/policy_score.ts";
import { HubMemory } from "../../support/store/hub_memory.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Returns the subjects that people believe to be wrong after all messages, in order. */
function understanding(alerts: readonly Alert[]): readonly string[] {
  const believed = new Set<string>();
  for (const item of alerts.flatMap(({ items }) => items)) {
    const key = subjectKey(itemSubject(item));
    if (item.kind === "rebooted" || item.kind === "still_down") continue;
    if (!isEnd(item)) {
      assert.ok(!believed.has(key), `${key} was told twice`);
      believed.add(key);
      continue;
    }
    // A recipient who was not notified of the beginning, because it was night, receives both in one
    // message.
    const tellsOfBoth = item.kind === "stable" ||
      ((item.kind === "recovered" || item.kind === "sees") && !item.wasTold);
    assert.ok(
      tellsOfBoth || believed.has(key),
      `the end of ${key} was told, but not its beginning`,
    );
    believed.delete(key);
    // The message that a node is stable also says whether it is down.
    if (item.kind !== "stable") continue;
    if (item.now === "dead") believed.add(`node ${item.node}`);
    else believed.delete(`node ${item.node}`);
  }
  return [...believed].sort();
}

const EVENTS = fc.array(
  fc.record({
    waitMs: fc.oneof(
      fc.integer({ min: 0, max: 30_000 }),
      fc.integer({ min: 0, max: 6 * 60 * MINUTE_MS }),
    ),
    node: fc.constantFrom("arya", "bran", "sansa"),
    what: fc.constantFrom(
      "change",
      "change",
      "change",
      "restart",
      "reboot",
      "acknowledge",
      "maintain",
      "blind",
      "sees",
    ),
  }),
  { maxLength: 40 },
);

Deno.test("hub that is killed repeatedly reports the truth in the end, and nothing twice", () => {
  const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60 };
  const routes = [
    routeTo("sms", { channels: [channelTo("twilio", { quiet, perHourMax: 3 })] }),
    routeTo("webhook", { channels: [channelTo("webhook", { perHourMax: Infinity })] }),
    routeTo("escalation", { holdMs: 15 * MINUTE_MS, skipsAcknowledged: true }),
  ];
  fc.assert(
    fc.property(EVENTS, (events) => {
      using memory = new HubMemory({ ...RULES, routes });
      memory.act(sight(false, 0));
      for (const { waitMs, node, what } of events) {
        memory.pass(waitMs);
        const nowMs = memory.clock.nowMs();
        if (what === "change") memory.change(node);
        else if (what === "restart") memory.restart();
        else if (what === "acknowledge") memory.act({ kind: "acknowledge", node });
        else if (what === "maintain") {
          memory.act({ kind: "maintain", node, untilMs: nowMs + 10 * MINUTE_MS });
        } else if (what === "reboot") {
          memory.act({ kind: "rebooted", node, name: node, atMs: nowMs, lastHeardMs: undefined });
        } else memory.act(sight(what === "blind", nowMs));
      }
      memory.act(sight(false, memory.clock.nowMs()));
      memory.pass(3 * DAY_MS);
      const dead = [...memory.truth].filter(([, is]) => is === "dead").map(([id]) => `node ${id}`);
      for (const route of ["sms", "webhook"]) {
        assert.deepEqual(understanding(memory.alerts(route)), dead.sort(), route);
      }
      // Escalation may know less, because somebody took care, but never anything that has ended.
      const unknown = understanding(memory.alerts("escalation")).filter((key) =>
        !dead.includes(key)
      );
      assert.deepEqual(unknown, []);
      assert.deepEqual(memory.owed().toSorted(), dead.sort());
    }),
    { numRuns: 300 },
  );
});
