/** Which changes of notifications are written in one statement. */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { MonitorOutput } from "../../../core/alerting/policy/monitor.ts";
import { batched } from "../../../hub/history/notification_batches.ts";

const anyChange = fc.record({
  kind: fc.constant("notification" as const),
  incident: fc.integer({ min: 1, max: 9 }),
  subject: fc.constant({ kind: "broker" } as const),
  route: fc.constantFrom("sms", "webhook"),
  state: fc.constantFrom("notified" as const, "deferred" as const, "resolved" as const),
  atMs: fc.constantFrom(1, 2),
}, { noNullPrototype: true });
const anyOutput: fc.Arbitrary<MonitorOutput> = fc.oneof(
  { weight: 4, arbitrary: anyChange },
  { weight: 1, arbitrary: fc.constant({ kind: "send_echo", seq: 1 } as const) },
);

Deno.test("batches hold all changes in their order, and what follows each other is together", () => {
  fc.assert(
    fc.property(fc.array(anyOutput), (outputs) => {
      const batches = batched(outputs);
      const single = batches.flatMap((batch): readonly MonitorOutput[] => {
        if (batch.kind !== "notifications") return [batch];
        const { incidents, route, state, atMs } = batch;
        const subject = { kind: "broker" } as const;
        const kind = "notification" as const;
        return incidents.map((incident) => ({ kind, incident, subject, route, state, atMs }));
      });
      assert.deepEqual(single, outputs);
      batches.slice(1).forEach((batch, index) => {
        const before = batches[index];
        if (batch.kind !== "notifications" || before?.kind !== "notifications") return;
        assert.notDeepEqual({ ...batch, incidents: [] }, { ...before, incidents: [] });
      });
    }),
  );
});
