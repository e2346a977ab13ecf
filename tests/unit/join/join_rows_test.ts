/** What the page shows of a join: done, now, failed. */

import assert from "node:assert/strict";
import type { JoinFailure, JoinStep } from "../../../core/api/join_view.ts";
import { isUnfinished, progressOf } from "../../../web/add_page/join_rows.ts";

function shown(step: JoinStep, failure: JoinFailure | null = null, isHeard = false) {
  const view = { id: "x", node: "arya", name: "Arya", step, failure, until: "", from: null };
  const { rows, ...rest } = progressOf(view, isHeard);
  return { states: rows.map(({ state }) => state).join(" "), ...rest };
}

Deno.test("each step is done, under way or to come", () => {
  assert.equal(shown("made").states, "done now later later later later");
  assert.equal(shown("configured").states, "done done done done now later");
  assert.equal(shown("up").states, "done done done done done done");
});

Deno.test("a failure stands at the step that did not come, and says whether the line is over", () => {
  const again = shown("made", "no_root");
  assert.deepEqual(again, {
    states: "done failed later later later later",
    failure: "no_root",
    isOver: false,
  });
  assert.equal(shown("made", "expired").isOver, true);
  const late = shown("started", "no_heartbeat");
  assert.deepEqual([late.states, late.isOver], ["done done done done done failed", true]);
});

Deno.test("a Pi that has not arrived is listed, also when it was given up on the way", () => {
  const isListed = (step: JoinStep, failure: JoinFailure | null = null) =>
    isUnfinished({ id: "x", node: "arya", name: "Arya", step, failure, until: "", from: null });
  assert.deepEqual([isListed("made"), isListed("fetched", "stalled")], [true, true]);
  assert.deepEqual([isListed("configured", "expired"), isListed("made", "no_root")], [true, true]);
  const gone = [isListed("made", "expired"), isListed("up"), isListed("removed")];
  assert.deepEqual(gone, [false, false, false]);
});

Deno.test("a Pi that is heard is up, whatever the script said", () => {
  const heard = shown("started", "no_heartbeat", true);
  assert.deepEqual(heard, {
    states: "done done done done done done",
    failure: null,
    isOver: false,
  });
});
