/** The page's state and its clock: old news never looks live. */

import assert from "node:assert/strict";
import type { FeedMessage } from "../../../core/api/feed.ts";
import { SILENCE_MAX_MS } from "../../../web/live/hub_clock.ts";
import { Live } from "../../../web/live/live.ts";
import { node, view } from "../../support/page/page_views.ts";

const HUB_START_MS = Date.parse("2026-03-01T13:00:00.000Z");

/** A page beside a hub; both clocks of the browser are moved by hand. */
class Fixture {
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

function begun(): Fixture {
  const fixture = new Fixture();
  assert.ok(fixture.snapshot());
  return fixture;
}

Deno.test("a page is connecting until the first snapshot, then live by the hub's time", () => {
  const fixture = new Fixture();
  assert.equal(fixture.live.link.value, "connecting");
  assert.equal(fixture.live.verdict.value.severity, "unsure");
  assert.ok(fixture.snapshot());
  assert.equal(fixture.live.link.value, "live");
  assert.equal(fixture.live.verdict.value.severity, "well");
  fixture.pass(3000);
  fixture.live.tick();
  assert.equal(fixture.live.hubNowMs.value, HUB_START_MS + 3000);
});

Deno.test("a hub that stays silent is lost, and the ages stop at its last message", () => {
  const fixture = begun();
  fixture.pass(SILENCE_MAX_MS);
  fixture.live.tick();
  assert.equal(fixture.live.link.value, "live");
  fixture.pass(1000);
  fixture.live.tick();
  assert.equal(fixture.live.link.value, "lost");
  assert.equal(fixture.live.hubNowMs.value, HUB_START_MS);
  assert.equal(fixture.live.verdict.value.severity, "unsure");
  fixture.pass(60_000);
  fixture.live.tick();
  assert.equal(fixture.live.hubNowMs.value, HUB_START_MS);
});

Deno.test("a machine that slept with its monotonic clock stopped does not show old news as live", () => {
  const fixture = begun();
  fixture.calendarMs += 3_600_000;
  fixture.live.tick();
  assert.equal(fixture.live.link.value, "lost");
});

Deno.test("a change that comes after a silence is refused: the page connects anew", () => {
  const fixture = begun();
  fixture.pass(SILENCE_MAX_MS + 1);
  assert.equal(fixture.change(), false);
  assert.ok(fixture.snapshot());
});

Deno.test("messages that were long under way do not turn back the hub's clock", () => {
  const fixture = begun();
  fixture.pass(4000);
  assert.ok(fixture.change(3000));
  assert.equal(fixture.live.hubNowMs.value, HUB_START_MS + 4000);
});

Deno.test("messages that lag too far are refused: they come out of a queue", () => {
  const fixture = begun();
  fixture.pass(9000);
  assert.ok(fixture.change());
  fixture.pass(9000);
  assert.equal(fixture.change(11_000), false);
});

Deno.test("a connection that comes back is live again, with the clock of its snapshot", () => {
  const fixture = begun();
  fixture.live.lose();
  assert.equal(fixture.live.link.value, "lost");
  fixture.pass(2000);
  // The hub's calendar was set back by a minute meanwhile.
  fixture.hubMs -= 60_000;
  assert.ok(fixture.snapshot());
  assert.equal(fixture.live.link.value, "live");
  assert.equal(fixture.live.hubNowMs.value, HUB_START_MS - 58_000);
});

Deno.test("a missing change is refused", () => {
  const fixture = begun();
  const at = new Date(HUB_START_MS).toISOString();
  assert.equal(fixture.live.take({ kind: "change", seq: 7, at }), false);
});

Deno.test("who must log in sees nothing of what was there before", () => {
  const fixture = begun();
  fixture.live.askLogin();
  assert.equal(fixture.live.link.value, "login");
  assert.equal(fixture.live.view.value, undefined);
  fixture.pass(60_000);
  fixture.live.loggedIn();
  assert.equal(fixture.live.verdict.value.spoken, "Connecting to the hub…");
});

Deno.test("in the short form a steady node was last heard when the hub last spoke, until its age is told", () => {
  const fixture = new Fixture();
  const at = (ms: number) => new Date(HUB_START_MS + ms).toISOString();
  const { live } = fixture;
  const arya = node("Arya", "alive", { last_heartbeat_at: at(-500) });
  const start = { ...view([arya, node("Bran")]), steady: [] };
  assert.ok(live.take({ kind: "snapshot", ...start, at: at(0), seq: 1 }));
  const heardAt = live.each.heardAt("arya");
  assert.equal(heardAt.value, at(-500));
  fixture.pass(2000);
  assert.ok(live.take({ kind: "change", seq: 2, at: at(2000), steady: ["arya"] }));
  assert.equal(heardAt.value, at(2000));
  fixture.pass(2000);
  const hotter = { arya: { vitals: { temperature: { value: 80, level: "warning" } } } } as const;
  assert.ok(live.take({ kind: "change", seq: 3, at: at(4000), patches: hotter }));
  assert.equal(heardAt.value, at(4000));
  assert.equal(live.each.node("arya").value?.vitals.temperature?.value, 80);
  assert.equal(live.nodes.value[0]?.vitals.temperature?.value, 80);
  fixture.pass(3000);
  assert.ok(live.take({ kind: "change", seq: 4, at: at(7000), ages: { arya: 2600 } }));
  assert.equal(heardAt.value, at(4400));
  fixture.pass(1000);
  const dead = { arya: { liveness: "dead", last_heartbeat_at: at(4300) } } as const;
  assert.ok(live.take({ kind: "change", seq: 5, at: at(8000), patches: dead }));
  assert.equal(heardAt.value, at(4300));
  assert.equal(live.each.node("arya").value?.liveness, "dead");
});
