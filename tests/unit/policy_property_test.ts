/** What must hold of what people are told, whatever happens. */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alert } from "../../core/alert.ts";
import {
  newPolicy,
  type OpenDeath,
  type PolicyInput,
  policyMachine,
  type PolicyOutput,
  type Rules,
} from "../../core/policy.ts";
import { BLIND, news, openDeath, SEES } from "../support/policy_score.ts";
import { type Note, play } from "../support/score.ts";

const HOUR_MS = 3_600_000;
/** Long enough for the smallest budget to tell everything. */
const IN_THE_END_MS = 200 * HOUR_MS;

type Truth = "dead" | "alive" | "left";

/** Follows what is true and what was told, and throws at what must not be. */
class Judge {
  readonly #rules: Rules;
  readonly #truth = new Map<string, { readonly is: Truth; readonly sinceMs: number }>();
  /** Whom a person knows to be down. */
  readonly #told = new Set<string>();
  readonly #alertsMs: number[] = [];
  #blind = true;

  constructor(rules: Rules, open: readonly OpenDeath[]) {
    this.#rules = rules;
    for (const { node, told, recovered } of open) {
      if (told) this.#told.add(node);
      if (recovered) this.#truth.set(node, { is: recovered.now, sinceMs: recovered.atMs });
    }
  }

  hear(input: PolicyInput): void {
    switch (input.kind) {
      case "sight":
        this.#blind = input.blind;
        return;
      case "removed":
        this.#truth.delete(input.node);
        this.#told.delete(input.node);
        return;
      case "news": {
        const { node, to: is, atMs: sinceMs } = input.transition;
        if (is === "dead" || is === "alive" || is === "left") {
          this.#truth.set(node, { is, sinceMs });
        }
      }
    }
  }

  take(output: PolicyOutput, atMs: number): void {
    if (output.kind === "still_told") {
      assert.ok(this.#told.has(output.node), `${output.node} was not told`);
      assert.equal(this.#truth.get(output.node)?.is, "dead");
      return;
    }
    this.#takeAlert(output, atMs);
  }

  /** Everything that is true is told, and nothing else. */
  end(): void {
    const dead = [...this.#truth].filter(([, { is }]) => is === "dead").map(([node]) => node);
    // Who was told by an earlier run and was not heard of since is down as far as anybody knows.
    const unseen = [...this.#told].filter((node) => !this.#truth.has(node));
    assert.deepEqual([...this.#told].sort(), [...dead, ...unseen].sort());
  }

  #takeAlert({ down, recovered, atMs }: Alert, playedMs: number): void {
    assert.equal(atMs, playedMs);
    assert.equal(this.#blind, false, "a blind hub told something");
    assert.ok(down.length + recovered.length > 0, "an empty alert");
    this.#spend(atMs);
    for (const { node } of recovered) {
      assert.ok(this.#told.delete(node), `${node} is back, and nobody knew that it was down`);
    }
    for (const { node, now } of recovered) assert.equal(this.#truth.get(node)?.is, now);
    for (const { node } of down) {
      assert.ok(!this.#told.has(node), `${node} was told twice`);
      const truth = this.#truth.get(node);
      assert.equal(truth?.is, "dead", `${node} was told and is not dead`);
      this.#told.add(node);
    }
  }

  /** At most the budget in any hour, and once an hour even if the recipients exceed it. */
  #spend(atMs: number): void {
    const { perHourMax, recipients } = this.#rules;
    this.#alertsMs.push(atMs);
    const recent = this.#alertsMs.filter((spentMs) => spentMs > atMs - HOUR_MS).length;
    assert.ok(
      recent * Math.min(recipients, perHourMax) <= perHourMax,
      `${recent} alerts in an hour`,
    );
  }
}

const rules: fc.Arbitrary<Rules> = fc.record({
  groupMs: fc.constantFrom(0, 1000, 5000, 60_000),
  holdMs: fc.constantFrom(0, 1000, 15_000, 60_000),
  perHourMax: fc.integer({ min: 1, max: 6 }),
  recipients: fc.integer({ min: 1, max: 8 }),
});
const NODES = ["pi-1", "pi-2", "pi-3", "pi-4", "pi-5"];
const open: fc.Arbitrary<readonly OpenDeath[]> = fc.uniqueArray(
  fc.record({
    node: fc.constantFrom(...NODES.slice(0, 3)),
    told: fc.boolean(),
    recovered: fc.constantFrom(undefined, undefined, { atMs: -5000, now: "alive" as const }),
  }).map(({ node, ...more }) => openDeath(node, more)),
  { maxLength: 3, selector: ({ node }) => node },
);

type Event =
  | { readonly kind: "changes"; readonly node: string; readonly choice: number }
  | { readonly kind: "removed"; readonly node: string }
  | { readonly kind: "sight" };

const node = fc.constantFrom(...NODES);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("changes" as const),
      node,
      choice: fc.nat({ max: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("removed" as const), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sight" as const) }) },
);
const gapMs = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 4000 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 2 * HOUR_MS }),
);

/** Where a node may go: only the dead recover, and nobody dies twice. */
const NEXT: Readonly<Record<Truth | "unknown", readonly Truth[]>> = {
  unknown: ["dead", "alive"],
  dead: ["alive", "left"],
  alive: ["dead", "left"],
  left: ["alive", "dead"],
};

/** A history that could be; it ends with sight. Deaths are dated up to 50 ms back, as a late tick does. */
function historyOf(
  events: readonly (readonly [number, Event])[],
  startsDead: readonly OpenDeath[],
): readonly Note<PolicyInput>[] {
  const truth = new Map<string, Truth>(
    startsDead.flatMap(({ node, recovered }) => recovered ? [[node, recovered.now]] : []),
  );
  let nowMs = 0;
  let blind = false;
  const notes: Note<PolicyInput>[] = [[0, SEES]];
  for (const [gapMs, event] of events) {
    nowMs += gapMs;
    switch (event.kind) {
      case "changes": {
        const to = NEXT[truth.get(event.node) ?? "unknown"][event.choice] ?? "alive";
        // Nobody dies before a blind observer.
        if (blind && to === "dead") break;
        truth.set(event.node, to);
        notes.push([nowMs, news(event.node, to, to === "dead" ? nowMs - 50 : nowMs)]);
        break;
      }
      case "removed":
        truth.delete(event.node);
        notes.push([nowMs, event]);
        break;
      case "sight":
        blind = !blind;
        notes.push([nowMs, blind ? BLIND : SEES]);
    }
  }
  return [...notes, [nowMs + 1, SEES]];
}

Deno.test("people are told what is true, all of it, once, within the budget, and nothing else", () => {
  fc.assert(
    fc.property(
      rules,
      open,
      fc.array(fc.tuple(gapMs, event), { maxLength: 40 }),
      (rules, open, events) => {
        const judge = new Judge(rules, open);
        const policy = policyMachine(rules);
        const notes = historyOf(events, open);
        const heard: typeof policy = {
          ...policy,
          step(state, input, nowMs) {
            if (input.kind !== "tick") judge.hear(input);
            const [next, outputs] = policy.step(state, input, nowMs);
            for (const output of outputs) judge.take(output, nowMs);
            return [next, outputs];
          },
        };
        const state = newPolicy(open);
        play(heard, state, { notes, untilMs: (notes.at(-1)?.[0] ?? 0) + IN_THE_END_MS });
        judge.end();
        assert.ok(state.spentMs.length <= rules.perHourMax, "memory of an hour's messages at most");
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("nobody is told of a death that has not lasted for its hold", () => {
  fc.assert(
    fc.property(rules, fc.array(fc.tuple(gapMs, event), { maxLength: 40 }), (rules, events) => {
      const notes = historyOf(events, []);
      const played = play(policyMachine(rules), newPolicy([]), {
        notes,
        untilMs: (notes.at(-1)?.[0] ?? 0) + IN_THE_END_MS,
      });
      for (const { atMs, output } of played) {
        const down = output.kind === "alert" ? output.down : [];
        for (const { node, diedAtMs } of down) {
          assert.ok(atMs >= diedAtMs + rules.holdMs, `${node} was held for ${atMs - diedAtMs} ms`);
        }
      }
    }),
    { numRuns: 200 },
  );
});
