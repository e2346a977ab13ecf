/** Registers a test for each attack on one kind of broker. */

import assert from "node:assert/strict";
import { sized } from "../support/program/tier.ts";
import { ATTACKS } from "./attacks.ts";
import type { AttackedBrokerKind } from "./brokers.ts";
import { broken } from "./requirements.ts";
import { type Row, tableOf } from "./table.ts";
import { Target } from "./target.ts";
import { baseline, type Outcome, trial } from "./trial.ts";

/** Of the hub's log, where something does not hold. */
const LINES_SHOWN = 40;

/** All attacks meet one cluster; what an attack broke is replaced before the next. */
export function testAttacks(kind: AttackedBrokerKind): void {
  const rows: Row[] = [];
  let target: Target | undefined;
  let without: Outcome | undefined;

  Deno.test.beforeAll(async () => {
    target = await Target.start(kind);
    without = await baseline(target);
    rows.push({ attack: "no attack", outcome: without });
  });

  for (
    const attack of sized({ test: ATTACKS.filter(({ inEveryRun }) => inEveryRun), soak: ATTACKS })
  ) {
    Deno.test({
      name: `${attack.name}, ${kind.name}`,
      // The cluster outlives each test.
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        assert.ok(without);
        target ??= await Target.start(kind);
        let found: readonly string[] = ["the attack could not be tried"];
        try {
          const outcome = await trial(target, attack);
          rows.push({ attack: attack.name, outcome });
          found = broken(attack, outcome, without);
        } finally {
          if (found.length > 0) {
            console.log(target.hub.process.lines.slice(-LINES_SHOWN).join("\n"));
            await target[Symbol.asyncDispose]();
            target = undefined;
          }
        }
        assert.deepEqual(found, []);
      },
    });
  }

  Deno.test.afterAll(async () => {
    await target?.[Symbol.asyncDispose]();
    console.log(tableOf(kind.name, rows));
  });
}
