/** Two hubs on one broker: said once, and not at every restart. */

import assert from "node:assert/strict";
import {
  isOtherHubAlive,
  newSecondHub,
  type OtherEcho,
  type SecondHub,
  secondHubMachine,
} from "../../../core/detection/broker/second_hub.ts";
import { type Note, play } from "../../support/detection/score.ts";

function echoes(observer: string, fromMs: number, toMs: number): Note<OtherEcho>[] {
  const count = Math.floor((toMs - fromMs) / 5000) + 1;
  return Array.from({ length: count }, (_, index) => [
    fromMs + index * 5000,
    { kind: "other_echo", observer },
  ]);
}

function said(notes: readonly Note<OtherEcho>[], untilMs: number): readonly string[] {
  const played = play<ReturnType<typeof newSecondHub>, OtherEcho, SecondHub>(
    secondHubMachine,
    newSecondHub(0),
    { notes, untilMs },
  );
  return played.map(({ atMs, output }) => `${atMs} ${output.isPresent}`);
}

Deno.test("a hub that is alone says only that an earlier fault is over", () => {
  assert.deepEqual(said([], 600_000), ["60000 false"]);
});

Deno.test("a second hub is said once, and its end once", () => {
  assert.deepEqual(said(echoes("b", 1000, 301_000), 600_000), ["6000 true", "361000 false"]);
});

Deno.test("the last echo of the hub's own earlier run is no second hub", () => {
  assert.deepEqual(said(echoes("before", 100, 100), 600_000), ["60100 false"]);
});

Deno.test("a second hub that is restarted is the same fault", () => {
  const restarts = Array.from(
    { length: 10 },
    (_, run) => echoes(`run ${run}`, 1000 + run * 30_000, 16_000 + run * 30_000),
  );
  assert.deepEqual(said(restarts.flat(), 600_000), ["6000 true", "346000 false"]);
});

Deno.test("another hub is alive for a while after each echo", () => {
  const [state] = secondHubMachine.step(newSecondHub(0), { kind: "other_echo", observer: "b" }, 5);
  assert.equal(isOtherHubAlive(newSecondHub(0), 5), false);
  assert.equal(isOtherHubAlive(state, 14_000), true);
  assert.equal(isOtherHubAlive(state, 16_000), false);
});
