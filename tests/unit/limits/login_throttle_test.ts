import fc from "fast-check";
import assert from "node:assert/strict";
import { LoginThrottle } from "../../../core/limits/login_throttle.ts";

/** The number of guesses without delay in an hour of a steady attack, from all sources together. */
const FREE_OF_AN_HOUR = 50 + 3_600_000 / 600;
const WAIT_MS = 400;

/** One wrong password that arrives now and is compared as soon as possible. */
function guess(throttle: LoginThrottle, source: string, nowMs: number): string {
  const turn = throttle.arrive(source, nowMs);
  if (turn.kind === "now") throttle.noteWrong(source, nowMs);
  if (turn.kind === "later") turn.place[Symbol.dispose]();
  return turn.kind;
}

/** A number of passwords that arrive at once and hold their places. */
function arriveAtOnce(throttle: LoginThrottle, source: string, count: number, nowMs: number) {
  const turns = Array.from({ length: count }, () => throttle.arrive(source, nowMs));
  return turns.filter((turn) => turn.kind === "later");
}

/** So many sources that no place is free for an unknown one. */
function useUpAllowance(throttle: LoginThrottle, nowMs: number): void {
  for (let index = 0; index < 50; index++) guess(throttle, `192.0.2.${index}`, nowMs);
}

Deno.test("a few mistyped passwords cause no delay, and are soon forgotten", () => {
  const throttle = new LoginThrottle();
  for (let count = 0; count < 5; count++) assert.equal(guess(throttle, "a", 0), "now");
  assert.equal(guess(throttle, "a", 0), "later");
  assert.equal(guess(throttle, "a", 11_999), "later");
  assert.equal(guess(throttle, "b", 11_999), "now");
  assert.equal(guess(throttle, "a", 12_000), "now");
  assert.equal(guess(throttle, "a", 12_000), "later");
  for (let count = 0; count < 5; count++) assert.equal(guess(throttle, "a", 100_000), "now");
});

Deno.test("a password waits for 0.4 s, regardless of the number of earlier wrong ones", () => {
  const throttle = new LoginThrottle();
  for (let count = 0; count < 100; count++) throttle.noteWrong("a", count);
  const turn = throttle.arrive("a", 100);
  assert.ok(turn.kind === "later");
  assert.equal(turn.atMs, 100 + WAIT_MS);
  assert.equal(guess(throttle, "a", 100 + 12_000), "now");
});

Deno.test("wrong passwords from everywhere delay only sources that never logged in", () => {
  const throttle = new LoginThrottle();
  throttle.noteRight("home");
  useUpAllowance(throttle, 0);
  assert.equal(throttle.arrive("new", 0).kind, "later");
  assert.equal(throttle.arrive("home", 0).kind, "now");
});

Deno.test("one source gets half of the places, and leaves the rest to the others", () => {
  const throttle = new LoginThrottle();
  useUpAllowance(throttle, 0);
  const own = arriveAtOnce(throttle, "a", 2000, 0);
  assert.equal(own.length, 192);
  assert.deepEqual(throttle.arrive("a", 0), { kind: "crowded", retryAfterS: 1 });
  assert.equal(throttle.arrive("b", 0).kind, "later");
  for (const { place } of own) place[Symbol.dispose]();
  assert.equal(throttle.arrive("a", 0).kind, "later");
});

Deno.test("unknown sources that fill all places leave some to sources that logged in before", () => {
  const throttle = new LoginThrottle();
  throttle.noteRight("home");
  useUpAllowance(throttle, 0);
  for (let index = 0; index < 2000; index++) throttle.arrive(`10.0.${index >> 8}.${index}`, 0);
  assert.equal(throttle.arrive("new", 0).kind, "crowded");
  for (let count = 0; count < 5; count++) throttle.noteWrong("home", 0);
  assert.equal(arriveAtOnce(throttle, "home", 100, 0).length, 48);
});

Deno.test("the last hundred sources that logged in are known", () => {
  const throttle = new LoginThrottle();
  for (let index = 0; index <= 100; index++) throttle.noteRight(`home-${index}`);
  useUpAllowance(throttle, 0);
  assert.equal(throttle.arrive("home-0", 0).kind, "later");
  assert.equal(throttle.arrive("home-1", 0).kind, "now");
});

interface Attempt {
  readonly source: string;
  readonly afterMs: number;
  readonly hangsUp: boolean;
}

const attempts: fc.Arbitrary<readonly Attempt[]> = fc.array(
  fc.record({
    source: fc.integer({ min: 0, max: 40 }).map((number) => `192.0.2.${number}`),
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
    hangsUp: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3000, size: "max" },
);

Deno.test("however guesses come, few are compared at once, the others 0.4 s later or not at all", () => {
  fc.assert(
    fc.property(attempts, (all) => {
      const throttle = new LoginThrottle();
      let waiting: { readonly source: string; readonly atMs: number; leave(): void }[] = [];
      let nowMs = 0;
      let atOnce = 0;
      for (const { source, afterMs, hangsUp } of all) {
        nowMs += afterMs;
        for (const one of waiting.filter(({ atMs }) => atMs <= nowMs)) {
          one.leave();
          throttle.noteWrong(one.source, one.atMs);
        }
        waiting = waiting.filter(({ atMs }) => atMs > nowMs);
        const turn = throttle.arrive(source, nowMs);
        if (turn.kind === "now") {
          atOnce++;
          throttle.noteWrong(source, nowMs);
        }
        if (turn.kind !== "later") continue;
        assert.equal(turn.atMs, nowMs + WAIT_MS);
        const leave = () => turn.place[Symbol.dispose]();
        if (hangsUp) leave();
        else waiting.push({ source, atMs: turn.atMs, leave });
        assert.ok(waiting.length <= 384);
      }
      assert.ok(atOnce <= 50 + nowMs / 600, `${atOnce} in ${nowMs} ms`);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a patient attacker with many addresses gets the documented number of guesses without a delay", () => {
  const throttle = new LoginThrottle();
  let atOnce = 0;
  for (let nowMs = 0, index = 0; nowMs < 3_600_000; nowMs += 50, index++) {
    if (guess(throttle, `10.${index >> 8}.0.${index & 255}`, nowMs) === "now") atOnce++;
  }
  assert.ok(atOnce <= FREE_OF_AN_HOUR && atOnce >= FREE_OF_AN_HOUR - 2, `${atOnce}`);
});
