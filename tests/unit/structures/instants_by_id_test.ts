/** Instants of ids, against looking at all of them. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { InstantsById, PassingInstants } from "../../../core/structures/instants_by_id.ts";

const anyId = fc.constantFrom("a", "b", "c", "d");
const anyInstant = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-Infinity, Infinity));

Deno.test("the earliest instant is that of an id that is still there", () => {
  const anyChange = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), id: anyId, atMs: anyInstant }),
    fc.record({ kind: fc.constant("set all" as const), atMs: anyInstant }),
    fc.record({ kind: fc.constant("delete" as const), id: anyId }),
  );
  fc.assert(
    fc.property(fc.array(anyChange), (changes) => {
      const instants = new InstantsById();
      const expected = new Map<string, number>();
      for (const change of changes) {
        if (change.kind === "set") {
          instants.set(change.id, change.atMs);
          expected.set(change.id, change.atMs);
        } else if (change.kind === "set all") {
          instants.setAll(change.atMs);
          for (const id of expected.keys()) expected.set(id, change.atMs);
        } else {
          instants.delete(change.id);
          expected.delete(change.id);
        }
        assert.equal(instants.size, expected.size);
        assert.equal(instants.earliestMs, Math.min(...expected.values()));
      }
    }),
  );
});

Deno.test("an instant has passed when the clock has reached it", () => {
  const anyChange = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), id: anyId, atMs: anyInstant }),
    fc.record({ kind: fc.constant("delete" as const), id: anyId }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 5 }) }),
  );
  fc.assert(
    fc.property(fc.array(anyChange), (changes) => {
      const instants = new PassingInstants();
      const expected = new Map<string, number>();
      let nowMs = 0;
      for (const change of changes) {
        if (change.kind === "set") {
          instants.set(change.id, change.atMs);
          expected.set(change.id, change.atMs);
        } else if (change.kind === "delete") {
          instants.delete(change.id);
          expected.delete(change.id);
        } else nowMs += change.ms;
        const values = [...expected.values()];
        assert.deepEqual(instants.look(nowMs), {
          hasPassed: values.some((atMs) => atMs <= nowMs),
          nextMs: Math.min(...values.filter((atMs) => atMs > nowMs)),
        });
      }
    }),
  );
});
