/** The page's state and its clock: old news never looks live. */

import assert from "node:assert/strict";
import type { FeedMessage } from "../../../core/api/feed.ts";
import { SILENCE_MAX_MS } from "../../../web/live/hub_clock.ts";
import { Live } from "../../../web/live/live.ts";
import { node, view } from "../../support/page/page_views.ts";

const HUB_START_MS = Date.parse("2026-03-01T13:00:00.000Z");

/** A page beside a hub; both clocks of the browser are moved by hand. */
class Scene {
  monotonicMs = 5000;
  /** A browser whose calendar is wrong by decades. */
  calendarMs = 1_000_000;
  hubMs = HUB_START_MS;
  readonly live = new Live(() => ({ monotonicMs: this.monotonicMs, calendarMs: this.calendarMs }));
  #seq = 1;

  pass(ms: number): void {
    this.monotonicMs += ms;
    this.calendarMs += ms;
    this.hubMs += ms;
  }

  snapshot(): boolean {
    return this.live.take({ kind: "snapshot", ...view([node("Arya")]), at: this.#at(), seq: 1 });
  }

  /** A change that has been under way for `delayMs`. */
  change(delayMs = 0): boolean {
    const message: FeedMessage = { kind: "change", seq: ++this.#seq, at: this.#at(-delayMs) };
    return this.live.take(message);
  }

  #at(offsetMs = 0): string {
    return new Date(this.hubMs + offsetMs).toISOString();
  }
}

function begun(): Scene {
  const scene = new Scene();
  assert.ok(scene.snapshot());
  return scene;
}

Deno.test("a page is connecting until the first snapshot, then live by the hub's time", () => {
  const scene = new Scene();
  assert.equal(scene.live.link.value, "connecting");
  assert.equal(scene.live.verdict.value.severity, "unsure");
  assert.ok(scene.snapshot());
  assert.equal(scene.live.link.value, "live");
  assert.equal(scene.live.verdict.value.severity, "well");
  scene.pass(3000);
  scene.live.tick();
  assert.equal(scene.live.hubNowMs.value, HUB_START_MS + 3000);
});

Deno.test("a hub that stays silent is lost, and the ages stop at its last message", () => {
  const scene = begun();
  scene.pass(SILENCE_MAX_MS);
  scene.live.tick();
  assert.equal(scene.live.link.value, "live");
  scene.pass(1000);
  scene.live.tick();
  assert.equal(scene.live.link.value, "lost");
  assert.equal(scene.live.hubNowMs.value, HUB_START_MS);
  assert.equal(scene.live.verdict.value.severity, "unsure");
  scene.pass(60_000);
  scene.live.tick();
  assert.equal(scene.live.hubNowMs.value, HUB_START_MS);
});

Deno.test("a machine that slept with its monotonic clock stopped does not show old news as live", () => {
  const scene = begun();
  scene.calendarMs += 3_600_000;
  scene.live.tick();
  assert.equal(scene.live.link.value, "lost");
});

Deno.test("a change that comes after a silence is refused: the page connects anew", () => {
  const scene = begun();
  scene.pass(SILENCE_MAX_MS + 1);
  assert.equal(scene.change(), false);
  assert.ok(scene.snapshot());
});

Deno.test("messages that were long under way do not turn back the hub's clock", () => {
  const scene = begun();
  scene.pass(4000);
  assert.ok(scene.change(3000));
  assert.equal(scene.live.hubNowMs.value, HUB_START_MS + 4000);
});

Deno.test("messages that lag too far are refused: they come out of a queue", () => {
  const scene = begun();
  scene.pass(9000);
  assert.ok(scene.change());
  scene.pass(9000);
  assert.equal(scene.change(11_000), false);
});

Deno.test("a connection that comes back is live again, with the clock of its snapshot", () => {
  const scene = begun();
  scene.live.lose();
  assert.equal(scene.live.link.value, "lost");
  scene.pass(2000);
  // The hub's calendar was set back by a minute meanwhile.
  scene.hubMs -= 60_000;
  assert.ok(scene.snapshot());
  assert.equal(scene.live.link.value, "live");
  assert.equal(scene.live.hubNowMs.value, HUB_START_MS - 58_000);
});

Deno.test("a missing change is refused", () => {
  const scene = begun();
  const at = new Date(HUB_START_MS).toISOString();
  assert.equal(scene.live.take({ kind: "change", seq: 7, at }), false);
});

Deno.test("who must log in sees nothing of what was there before", () => {
  const scene = begun();
  scene.live.askLogin();
  assert.equal(scene.live.link.value, "login");
  assert.equal(scene.live.view.value, undefined);
  scene.pass(60_000);
  scene.live.loggedIn();
  assert.equal(scene.live.verdict.value.spoken, "Connecting to the hub…");
});
