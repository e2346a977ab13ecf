/** When a buzzer sounds for many nodes, against looking at each of them. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { type Announced, Announcements } from "../../../core/alarm/announcements.ts";
import { NO_SILENCE, quietUntilMs, type Silence } from "../../../core/alarm/silence.ts";

const MANY = 1000;

const anyNode = fc.constantFrom("pi-1", "pi-2", "pi-3");
const anyInstant = fc.integer({ min: 0, max: 40 });
const anySilence: fc.Arbitrary<Silence> = fc.record({
  press: fc.record({ untilMs: anyInstant, sinceMs: anyInstant }),
  byNode: fc.array(fc.tuple(anyNode, anyInstant)),
}).map(({ press, byNode }) => ({ ...NO_SILENCE, press, nodesUntilMs: new Map(byNode) }));
const anyEvent = fc.oneof(
  fc.record({
    kind: fc.constant("announce" as const),
    node: anyNode,
    holdMs: fc.integer({ min: 0, max: 10 }),
  }),
  fc.record({ kind: fc.constant("delete" as const), node: anyNode }),
  fc.record({ kind: fc.constant("restart" as const) }),
  fc.record({ kind: fc.constant("silence" as const), silence: anySilence }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 6 }) }),
);

Deno.test("a node sounds after its hold and after the silence that covers it", () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), (events) => {
      const announcements = new Announcements();
      const expected = new Map<string, Announced>();
      let silence = NO_SILENCE;
      let nowMs = 0;
      for (const event of events) {
        if (event.kind === "announce") {
          const { node, holdMs } = event;
          const announced = { learnedMs: nowMs, waitsFromMs: nowMs, holdMs };
          announcements.set(node, announced);
          expected.set(node, announced);
        } else if (event.kind === "delete") {
          announcements.delete(event.node);
          expected.delete(event.node);
        } else if (event.kind === "restart") {
          announcements.restart(nowMs);
          for (const [node, one] of expected) expected.set(node, { ...one, waitsFromMs: nowMs });
        } else if (event.kind === "silence") silence = event.silence;
        else nowMs += event.ms;
        const soundMs = [...expected].map(([node, { learnedMs, waitsFromMs, holdMs }]) =>
          Math.max(waitsFromMs + holdMs, quietUntilMs(silence, node, learnedMs))
        );
        assert.equal(announcements.size, expected.size);
        assert.deepEqual(announcements.look(silence, nowMs), {
          hasPassed: soundMs.some((atMs) => atMs <= nowMs),
          nextMs: Math.min(...soundMs.filter((atMs) => atMs > nowMs)),
        });
      }
    }),
  );
});

/** Counts how often anybody asks for a node's silence. */
class AskedMap extends Map<string, number> {
  asked = 0;

  override get(node: string): number | undefined {
    this.asked++;
    return super.get(node);
  }
}

Deno.test("the death and the return of a node look at no other node", () => {
  const nodesUntilMs = new AskedMap();
  const silence = { ...NO_SILENCE, nodesUntilMs };
  const announcements = new Announcements();
  announcements.look(silence, 0);
  for (let atMs = 0; atMs < MANY; atMs++) {
    announcements.set(`pi-${atMs}`, { learnedMs: atMs, waitsFromMs: atMs, holdMs: MANY });
    assert.deepEqual(announcements.look(silence, atMs), { hasPassed: false, nextMs: MANY });
  }
  for (let atMs = 0; atMs < MANY; atMs++) {
    announcements.delete(`pi-${atMs}`);
    announcements.look(silence, MANY + atMs);
  }
  assert.equal(nodesUntilMs.asked, MANY);
});
