/** For what a person who does not look is called. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { calledAtFirst, type Moment, noticeOf } from "../../../web/device/notice.ts";
import { AT, node } from "../../support/page/page_views.ts";

function moment(nodes: readonly NodeView[], stale = false): Moment {
  return { verdict: { spoken: "so it is", stale }, nodes, now: AT };
}

/** The kinds of notices of a story, from the second moment on. */
function calls(...story: readonly Moment[]): readonly (string | undefined)[] {
  const [first, ...rest] = story;
  assert.ok(first);
  let called = calledAtFirst(first);
  return rest.map((each) => {
    const [notice, after] = noticeOf(each, called);
    called = after;
    return notice?.kind;
  });
}

const ARYA = node("Arya");
const DEAD = node("Arya", "dead");
const SNOW = node("John Snow", "dead");

Deno.test("a death is called once, each further one too, and the end of all once", () => {
  const story = [[ARYA], [DEAD], [DEAD], [DEAD, SNOW], [ARYA, SNOW], [ARYA], [ARYA]];
  assert.deepEqual(calls(...story.map((nodes) => moment(nodes))), [
    "trouble",
    undefined,
    "trouble",
    undefined,
    "relief",
    undefined,
  ]);
});

Deno.test("what is so when the page is opened is seen, not called", () => {
  assert.deepEqual(calls(moment([DEAD]), moment([DEAD]), moment([ARYA])), [undefined, "relief"]);
});

Deno.test("not knowing is called once, and a death that is found behind it too", () => {
  const story = [moment([ARYA]), moment([ARYA], true), moment([ARYA], true)];
  assert.deepEqual(calls(...story, moment([DEAD])), ["trouble", undefined, "trouble"]);
  assert.deepEqual(calls(...story, moment([ARYA])), ["trouble", undefined, "relief"]);
  const dead = [moment([DEAD]), moment([DEAD], true), moment([DEAD])];
  assert.deepEqual(calls(...dead), ["trouble", undefined], "the same death is not called again");
});

Deno.test("nobody is called for what is in maintenance", () => {
  const off = node("Arya", "dead", { maintenance_until: "2026-03-01T15:00:00.000Z" });
  assert.deepEqual(calls(moment([ARYA]), moment([off])), [undefined]);
});
