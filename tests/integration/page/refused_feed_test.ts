/** A client that floods the hub appears to viewers, but does not flood them. */

import assert from "node:assert/strict";
import type { FeedMessage } from "../../../core/api/feed.ts";
import { Feed, type Viewer } from "../../../hub/live/feed.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Refusals } from "../../../hub/live/refusals.ts";
import { Store } from "../../../hub/store/store.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";

const FLOOD_MS = 60_000;

class Listener implements Viewer {
  readonly messages: FeedMessage[] = [];
  readonly isShort = false;
  readonly unreadBytes = 0;
  constructor(readonly isGuest: boolean) {}
  send(text: string): void {
    this.messages.push(JSON.parse(text));
  }
  close(): void {}
}

Deno.test("a flood of refusals is shown to the owner every 5 s at most, and to no guest", () => {
  const clock = new SteppedClock();
  using store = new Store(":memory:");
  const projection = new Projection(clock);
  const refusals = new Refusals(clock);
  projection.askRefused(() => refusals.active());
  using feed = new Feed(projection, store, clock);
  const owner = new Listener(false);
  const guest = new Listener(true);
  feed.join(owner);
  feed.join(guest);
  for (let ms = 0; ms < FLOOD_MS; ms += 10) {
    refusals.note("page_login", "203.0.113.9");
    // Other changes cause many messages.
    feed.viewChanged("alarm");
    clock.pass(10);
  }
  const told = owner.messages.flatMap(({ refused, at }) => refused ? [{ refused, at }] : []);
  const [first, ...changes] = told;
  assert.deepEqual(first?.refused, []);
  assert.ok(changes.length >= 10, `${changes.length}`);
  for (const [index, { at }] of changes.slice(1).entries()) {
    const gapMs = Date.parse(at) - Date.parse(changes[index]?.at ?? "");
    assert.ok(gapMs >= 5000, `${gapMs} ms between two messages`);
  }
  assert.deepEqual(changes[0]?.refused.map(({ reason, from }) => [reason, from]), [
    ["page_login", "203.0.113.9"],
  ]);
  assert.ok(!JSON.stringify(guest.messages).includes("203.0.113.9"));
  const late = new Listener(false);
  feed.join(late);
  assert.equal(late.messages[0]?.refused?.length, 1);

  // Some minutes after the end the list is empty.
  clock.pass(6 * 60_000);
  assert.deepEqual(owner.messages.findLast(({ refused }) => refused !== undefined)?.refused, []);
});
