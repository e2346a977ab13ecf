/** All nodes die at once and come back at once: what the hub says, and how much work it has with that. */

import assert from "node:assert/strict";
import type { Rules } from "../../../core/alerting/policy/policy_state.ts";
import { Work } from "../../support/alerting/counted.ts";
import { type Played, Storm } from "../../support/alerting/storm.ts";
import { channelTo, routeTo, RULES } from "../../support/alerting/policy_score.ts";

const FEW = 200;
const MANY = 4000;
/** The work for one input may grow by this factor at most while the nodes become 20 times as many. */
const GROWTH_MAX = 2;
/** Every message may go out. */
const FREE = channelTo("webhook", { perHourMax: Infinity });

function kindsOf(played: readonly Played[], to: string): number {
  return played.filter(({ output }) => output.kind === "transition" && output.to === to).length;
}

function messages(played: readonly Played[]): readonly string[] {
  return played.flatMap(({ output }) => {
    if (output.kind !== "alert") return [];
    const kinds = new Set(output.items.map(({ kind }) => kind));
    return [`${[...kinds].join(" ")} ${output.items.length} of ${output.common?.of}`];
  });
}

function isBlind(played: readonly Played[]): boolean {
  return played.some(({ output }) => output.kind === "visibility" && output.blind);
}

Deno.test("a cluster that dies and returns is two messages, and the hub sees all the time", () => {
  const storm = new Storm(MANY);
  storm.begin();
  storm.die(8000);
  assert.equal(kindsOf(storm.played, "dead"), MANY);
  assert(!isBlind(storm.played));
  storm.wait(20_000);
  assert.deepEqual(messages(storm.played), [`down ${MANY} of ${MANY}`]);
  storm.comeBack(10_000);
  assert.equal(kindsOf(storm.played, "alive"), MANY);
  assert(!isBlind(storm.played));
  assert.deepEqual(messages(storm.played), [`recovered ${MANY} of undefined`]);
});

/** How often each input of a phase looks at a node or an incident. */
function workOf(
  nodes: number,
  rules: Rules,
  phases: readonly ((storm: Storm) => void)[],
): readonly number[] {
  const work = new Work();
  const storm = new Storm(nodes, work.rules(rules), (state) => work.state(state));
  storm.begin();
  return phases.map((play) => {
    const before = work.walked + work.asked;
    play(storm);
    return (work.walked + work.asked - before) / storm.inputs;
  });
}

function assertBounded(few: readonly number[], many: readonly number[]): void {
  const grown = many.map((work, phase) => work / (few[phase] ?? NaN));
  assert(
    grown.every((factor) => factor < GROWTH_MAX),
    `work for each input: ${few.join(", ")}; then ${many.join(", ")}`,
  );
}

Deno.test("a node that dies or returns in a storm costs the same work among 4,000 as among 200", () => {
  const phases = [
    (storm: Storm) => storm.die(20_000),
    (storm: Storm) => storm.comeBack(200),
    (storm: Storm) => storm.die(8000),
    (storm: Storm) => storm.comeBack(30_000),
  ];
  assertBounded(workOf(FEW, RULES, phases), workOf(MANY, RULES, phases));
});

Deno.test("a message for each node that returns looks at no other node", () => {
  const rules = { ...RULES, groupMs: 0, routes: [routeTo("hook", { channels: [FREE] })] };
  let returned = 0;
  // A quarter that dies at once has no cause in common.
  const phases = (nodes: number) => [
    (storm: Storm) => storm.die(30_000, nodes / 4),
    (storm: Storm) => {
      storm.comeBack(1000);
      returned = messages(storm.played).length;
    },
  ];
  const few = workOf(FEW, rules, phases(FEW));
  assert.equal(returned, FEW / 4);
  const many = workOf(MANY, rules, phases(MANY));
  assert.equal(returned, MANY / 4);
  assertBounded(few, many);
});
