/** Wrong passwords delay their own origin, and no other login. */

import fc from "fast-check";
import assert from "node:assert/strict";
import { type LoginOrigin, LoginQueue } from "../../../core/limits/login_queue.ts";
import { SessionBudget } from "../../../core/limits/session_budget.ts";

const NAT = "203.0.113.5";
const PI: LoginOrigin = { address: NAT, user: "pi-1" };
const STRANGER: LoginOrigin = { address: NAT, user: undefined };

/**
 * Checks all logins that may be checked now. `isRight` decides the results. Returns the checked
 * logins.
 */
function checkAll<Login>(
  queue: LoginQueue<Login>,
  nowMs: number,
  isRight: (login: Login) => boolean,
): readonly Login[] {
  const checked: Login[] = [];
  for (let login = queue.next(nowMs); login !== undefined; login = queue.next(nowMs)) {
    checked.push(login);
    queue.checked(login, isRight(login), nowMs);
  }
  return checked;
}

const wrong = () => false;
const right = () => true;

Deno.test("an origin waits longer after each failure, up to two seconds, and is reset after a minute", () => {
  const queue = new LoginQueue<number>();
  const waits: number[] = [];
  let nowMs = 0;
  for (let login = 0; login < 6; login++) {
    assert.deepEqual(queue.add(login, PI, nowMs), []);
    const dueMs = Math.max(nowMs, Math.min(queue.nextMs(), nowMs + 3000));
    if (queue.nextMs() !== Infinity) assert.deepEqual(checkAll(queue, dueMs - 1, wrong), []);
    const atMs = queue.nextMs() === Infinity ? nowMs : dueMs;
    assert.deepEqual(checkAll(queue, atMs, wrong), [login]);
    waits.push(atMs - nowMs);
    nowMs = atMs + 1000;
  }
  assert.deepEqual(waits, [0, 250, 500, 1000, 2000, 2000]);
  queue.add(100, PI, nowMs + 60_000);
  assert.equal(queue.nextMs(), Infinity);
});

Deno.test("a node that always tries an old password delays no other node of its address", () => {
  const queue = new LoginQueue<string>();
  for (let second = 0; second < 600; second++) {
    const nowMs = second * 1000;
    queue.add(`stale ${second}`, PI, nowMs);
    const healthy = `healthy ${second}`;
    queue.add(healthy, { address: NAT, user: `other-${second}` }, nowMs);
    assert.ok(checkAll(queue, nowMs, (login) => login === healthy).includes(healthy));
  }
});

Deno.test("a flood of unknown names is rejected, and known users come before its waiting part", () => {
  const queue = new LoginQueue<string>();
  let turnedAway = 0;
  for (let n = 0; n < 1000; n++) turnedAway += queue.add(`s${n}`, STRANGER, 0).length;
  assert.equal(turnedAway, 1000 - 8 - 16);
  queue.add("healthy", PI, 0);
  assert.equal(queue.next(0), "healthy");
});

Deno.test("a flood under a node's own name from its own address leaves it a fair chance", () => {
  const queue = new LoginQueue<string>();
  let nowMs = 0;
  let count = 0;
  const flood = () => {
    for (let n = 0; n < 4; n++) queue.add(`flood ${count++}`, PI, nowMs);
  };
  for (; nowMs < 15_000; nowMs += 10) { // 400 a second
    flood();
    checkAll(queue, nowMs, wrong);
  }
  // The node tries every second, as it does after the broker rejected it.
  let isIn = false;
  for (let waiting = false; !isIn && nowMs < 315_000; nowMs += 10) {
    const login = `node ${nowMs}`;
    // At any position within the flood, which continues in between.
    if (!waiting && nowMs % 1000 < 10) {
      const before = (nowMs / 1000) % 4;
      for (let n = 0; n < before; n++) queue.add(`flood ${count++}`, PI, nowMs);
      waiting = !queue.add(login, PI, nowMs).includes(login);
    }
    flood();
    isIn = checkAll(queue, nowMs, (checked) => checked.startsWith("node"))
      .some((checked) => checked.startsWith("node"));
  }
  assert.ok(isIn, "the node never got in");
});

Deno.test("5,000 nodes that come back at once are checked without any delay", () => {
  const queue = new LoginQueue<number>();
  for (let id = 0; id < 15_000; id++) { // agent, tracker and doctor of each
    const origin = { address: id % 2 === 0 ? NAT : `10.0.${id % 250}.1`, user: `pi-${id % 5000}` };
    assert.deepEqual(queue.add(id, origin, 0), []);
  }
  assert.equal(checkAll(queue, 0, right).length, 15_000);
});

Deno.test("addresses have their turns one after the other, however many logins each brings", () => {
  const queue = new LoginQueue<string>();
  for (let n = 0; n < 1000; n++) queue.add(`nat ${n}`, { address: NAT, user: `pi-${n}` }, 0);
  queue.add("single", { address: "10.0.0.9", user: "single" }, 0);
  const first = [queue.next(0), queue.next(0)];
  assert.ok(first.includes("single"), first.join());
});

Deno.test("a renewed password ends the delay from the old one", () => {
  const queue = new LoginQueue<number>();
  for (let login = 0; login < 5; login++) {
    queue.add(login, PI, login);
    checkAll(queue, login, wrong);
  }
  queue.forgive("pi-1");
  queue.add(9, PI, 10);
  assert.ok(checkAll(queue, 10, right).includes(9));
});

Deno.test("property: each login is checked or rejected once, few at a time, and none waits without failures", () => {
  const origins: readonly LoginOrigin[] = [
    ...["a", "b", undefined].flatMap((user) => [
      { address: "1.1.1.1", user },
      { address: "2.2.2.2", user },
    ]),
  ];
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 700 }),
    origin: fc.integer({ min: 0, max: origins.length - 1 }),
    count: fc.integer({ min: 1, max: 200 }),
    checks: fc.integer({ min: 0, max: 50 }),
    isRight: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new LoginQueue<number>();
      const settled = new Map<number, number>();
      const settle = (login: number) => settled.set(login, (settled.get(login) ?? 0) + 1);
      const checking: number[] = [];
      let nowMs = 0;
      let added = 0;
      for (const { afterMs, origin, count, checks, isRight } of steps) {
        nowMs += afterMs;
        for (let n = 0; n < count; n++) {
          for (const login of queue.add(added++, origins[origin]!, nowMs)) settle(login);
        }
        for (let n = 0; n < checks; n++) {
          const login = queue.next(nowMs);
          if (login !== undefined) checking.push(login);
          assert.ok(checking.length <= 4);
          if (checking.length < 4 && login !== undefined) continue;
          const done = checking.shift();
          if (done === undefined) break;
          queue.checked(done, isRight, nowMs);
          settle(done);
        }
        const innocent = -added;
        assert.deepEqual(
          queue.add(innocent, { address: "1.1.1.1", user: `new ${added}` }, nowMs),
          [],
        );
        const waitsMs = queue.nextMs() - nowMs;
        assert.ok(waitsMs === Infinity || waitsMs <= 2000);
        // Known users are served by address in turn, so it is among the first that can be checked.
        for (let turn = 0;; turn++) {
          const login = queue.next(nowMs);
          if (login === innocent) {
            queue.checked(login, true, nowMs);
            break;
          }
          assert.ok(turn < 5000);
          const done = login ?? checking.shift();
          assert.ok(done !== undefined, "the innocent login is not ready");
          queue.checked(done, isRight, nowMs);
          settle(done);
        }
      }
      for (const login of checking) {
        queue.checked(login, true, nowMs);
        settle(login);
      }
      for (const login of checkAll(queue, nowMs + 2000, right)) settle(login);
      const logins = Array.from({ length: added }, (_, login) => login);
      assert.deepEqual(logins.filter((login) => settled.get(login) !== 1), []);
    }),
    { numRuns: 100 },
  );
});

Deno.test("a credential with endless logins is slowed down, and no other one", () => {
  const budget = new SessionBudget();
  let admitted = 0;
  for (let n = 0; n < 400 * 15; n++) { // 400 a second, for 15 s
    if (budget.take("stolen", n * 2.5)) admitted++;
    if (n % 400 === 0) assert.equal(budget.take("healthy", n * 2.5), true);
  }
  assert.ok(admitted >= 100 && admitted <= 131, `${admitted}`);
});
