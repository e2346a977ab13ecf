/** Places of the page's connections: which are closed for new ones, and which never are. */

import assert from "node:assert/strict";
import { pageBudget } from "../../../core/limits/connection_budget.ts";
import { FrontPlaces, type Placed } from "../../../hub/front/front_places.ts";

const FEW = { overallMax: 4, perAddressMax: 4, patienceMs: 600_000 };
const BUDGET = {
  ...pageBudget(),
  waiting: FEW,
  unknown: FEW,
  answeredMax: 4,
  knownMax: 4,
  stuckMax: 3,
  stuckPerAddressMax: 2,
};

interface Caller extends Placed {
  readonly name: string;
}

/** The test's actions on the places, and which connections were closed for which. */
function stage(patienceMs = FEW.patienceMs) {
  const ended: string[] = [];
  const budget = { ...BUDGET, unknown: { ...FEW, patienceMs } };
  const places = new FrontPlaces<Caller>(budget, (caller, reason) => {
    ended.push(`${caller.name} ${reason}`);
    places.leave(caller, undefined);
  });
  const asks = (name: string, source = name) => {
    const caller = { name, peer: { source, isTrusted: false } };
    places.arrive(caller);
    return { caller, isTaken: places.ask(caller) === Infinity };
  };
  return { places, ended, asks };
}

Deno.test("answered connections are closed before those that wait for an answer", () => {
  const { places, ended, asks } = stage();
  const callers = ["a", "b", "c", "d"].map((name) => asks(name).caller);
  for (const caller of callers.slice(2)) places.turn(caller, "is_answered");
  asks("owner");
  asks("e");
  assert.deepEqual(ended, ["c connections", "d connections"]);
  asks("f");
  assert.equal(ended[2], "f connections"); // all wait: the newcomer
});

Deno.test("connections with a pending answer are not closed for new ones, unless they take too long", () => {
  const { ended, asks } = stage();
  for (const name of ["a", "b", "c", "d", "e", "f"]) asks(name);
  assert.deepEqual(ended, ["e connections", "f connections"]);
  const slow = stage(0);
  for (const name of ["a", "b", "c", "d", "e", "f"]) slow.asks(name);
  assert.deepEqual(slow.ended, ["a connections", "b connections"]);
});

Deno.test("an address with a login is accepted even if all connections wait", () => {
  const { places, ended, asks } = stage();
  const { caller } = asks("owner", "home");
  places.know(caller, true);
  places.leave(caller, undefined);
  for (const name of ["a", "b", "c", "d"]) asks(name);
  asks("owner again", "home");
  assert.deepEqual(ended, ["a connections"]);
});

Deno.test("the address with most connections loses one, not the oldest address", () => {
  const { ended, asks } = stage();
  asks("owner");
  for (const name of ["a", "b", "c", "d"]) asks(name, "stranger");
  asks("guest");
  assert.deepEqual(ended, ["d connections", "a connections"]);
});

Deno.test("logged-in and watching connections are never closed for others, and guests leave places to owners", () => {
  const { places, ended, asks } = stage(0);
  for (const name of ["g", "h", "i"]) places.know(asks(name).caller, false);
  for (const name of ["o", "p"]) places.know(asks(name).caller, true);
  for (let index = 0; index < 20; index++) asks(`s${index}`);
  assert.ok(ended.includes("i connections")); // a third guest is a stranger
  for (const name of ["g", "h", "o", "p"]) assert.ok(!ended.includes(`${name} connections`), name);
});

Deno.test("connections that cannot be closed count, by address and together, but for owners", async () => {
  const { places, asks } = stage();
  const { promise, resolve } = Promise.withResolvers<void>();
  const stick = (name: string, source: string) => places.leave(asks(name, source).caller, promise);
  places.know(asks("owner", "home").caller, true);
  stick("a", "deaf");
  assert.ok(asks("b", "deaf").isTaken);
  stick("c", "deaf");
  assert.ok(!asks("d", "deaf").isTaken);
  assert.ok(asks("e", "stranger").isTaken);
  stick("f", "another");
  assert.ok(!asks("g", "stranger").isTaken);
  assert.ok(asks("owner again", "home").isTaken);
  resolve();
  await promise;
  await new Promise((done) => setTimeout(done));
  assert.ok(asks("h", "deaf").isTaken);
});
