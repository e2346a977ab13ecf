/** What was decided to be told, and who knows it: by places in the order of decisions alone. */

import assert from "node:assert/strict";
import type { AlertItem } from "../../../core/alerting/alert.ts";
import type { DeliveryState } from "../../../core/api/delivery_view.ts";
import { NEVER_MS } from "../../../hub/store/database/instants.ts";
import type { Address } from "../../../hub/store/outbox/outbox_row.ts";
import { Store } from "../../../hub/store/store.ts";
import { alertOf, back, down, stillDown } from "../../support/alerting/alert_items.ts";
import { routeTo } from "../../support/alerting/policy_score.ts";

const HERE: Address = { route: "people", channel: "twilio", recipient: "+491" };
const OTHER: Address = { ...HERE, channel: "webhook" };
/** More than are kept. */
const MANY = 21_000;

function decide(store: Store, ...items: readonly AlertItem[]): readonly number[] {
  return store.items.add(alertOf(items, { route: HERE.route }));
}

/** A message with these items, in a state; its id. */
function send(
  store: Store,
  items: readonly number[],
  { to = HERE, state = "pending", dueAtMs = NEVER_MS }: {
    readonly to?: Address;
    readonly state?: DeliveryState;
    readonly dueAtMs?: number;
  } = {},
): number {
  const id = store.outbox.add({ ...to, text: "told", items, incidentIds: [], atMs: 0 });
  store.outbox.settle(id, { state, isUncertain: false, dueAtMs });
  return id;
}

Deno.test("a message tells what was decided since about its subjects, and about nothing else", () => {
  using store = new Store(":memory:");
  const [arya = 0, bran = 0] = decide(store, down("Arya"), down("Bran"));
  const message = send(store, [arya]);
  const [end = 0, ned = 0] = decide(store, back("Arya", 60_000), down("Ned"));
  store.items.add(alertOf([down("Arya", 90_000)], { route: "escalation" }));
  const current = (...messages: readonly number[]) =>
    store.items.current(messages).map(({ id }) => id);
  assert.deepEqual(current(message), [arya, end]);
  assert.deepEqual(current(message, send(store, [bran, ned])), [arya, bran, end, ned]);
});

Deno.test("nothing is told of a node that nobody watches any more, until something new happens to it", () => {
  using store = new Store(":memory:");
  const items = decide(store, down("Arya"), down("Bran"));
  const [, bran] = items;
  const [waits, asked] = [send(store, items), send(store, items)];
  store.outbox.beginAttempt(asked);
  assert.deepEqual(store.items.withdraw("arya"), [waits]);
  store.items.rename([routeTo("family")]);
  for (const message of [waits, asked]) {
    assert.deepEqual(store.items.current([message]).map(({ id }) => id), [bran]);
  }
  // The provider may have it as it was.
  assert.equal(store.outbox.get(asked)?.alert?.items.length, 2);
  const again = decide(store, down("Arya", 90_000));
  const message = send(store, again);
  assert.deepEqual(store.items.current([message]).map(({ id }) => id), again);
});

Deno.test("who knows an item knows what came before it, and nothing that came later or is of others", () => {
  using store = new Store(":memory:");
  const [death = 0, other = 0] = decide(store, down("Arya"), down("Bran"));
  const [end = 0] = decide(store, back("Arya", 60_000));
  const [again = 0] = decide(store, down("Arya", 90_000));
  const [reminder = 0] = decide(store, stillDown("Arya", 90_000));
  const items = store.items.current([send(store, [death, other])]);
  const untold = (to: Address) => store.items.untold(items, to).map(({ id }) => id);
  send(store, [death], { state: "delivered" });
  assert.deepEqual(untold(HERE), [other, end, again, reminder]);
  send(store, [again], { state: "accepted" });
  assert.deepEqual(untold(HERE), [other, reminder]);
  assert.deepEqual(untold(OTHER), [death, other, end, again, reminder]);
  assert.deepEqual(untold({ ...HERE, recipient: "+492" }), untold(OTHER));
});

Deno.test("what waits is promised, what was refused is so for good, and what was moved is neither", () => {
  const outcomes = [
    ["pending", NEVER_MS, [true, false, true]],
    ["accepted", NEVER_MS, [false, false, true]],
    ["delivered", NEVER_MS, [false, false, true]],
    ["refused", NEVER_MS, [true, true, false]],
    // It went on to another channel, as this one could not be reached.
    ["refused", 1, [true, true, true]],
    ["expired", NEVER_MS, [true, true, true]],
    ["merged", NEVER_MS, [true, true, true]],
  ] as const;
  for (const [state, dueAtMs, expected] of outcomes) {
    using store = new Store(":memory:");
    const [death = 0] = decide(store, down("Arya"));
    const items = store.items.current([send(store, [death], { to: OTHER })]);
    send(store, [death], { state, dueAtMs });
    const { items: rows } = store;
    const left = [rows.untold(items, HERE), rows.unpromised(items, HERE)];
    const isLeft = [...left, rows.unrefused(items, HERE)].map(({ length }) => length > 0);
    assert.deepEqual(isLeft, expected, `${state} ${dueAtMs}`);
  }
});

Deno.test("old items are removed when there are too many, but for those that wait", () => {
  using store = new Store(":memory:");
  const [waits = 0, told = 0] = decide(store, down("Arya"), down("Bran"));
  const [message, done] = [send(store, [waits]), send(store, [told], { state: "delivered" })];
  store.transaction(() => decide(store, ...new Array<AlertItem>(MANY).fill(down("Ned"))));
  assert.deepEqual(store.outbox.get(message)?.alert?.items, [down("Arya")]);
  assert.equal(store.outbox.get(done)?.alert, undefined);
});
