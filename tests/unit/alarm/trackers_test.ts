/** Which Pis have a tracker, according to its echoes. */

import assert from "node:assert/strict";
import { type Echo, NODES_MAX } from "../../../core/protocol/wire.ts";
import { Trackers } from "../../../hub/alarm/trackers.ts";
import type { Clock } from "../../../io/time/clock.ts";

/** A clock whose callbacks run when the test advances it. */
class MovedClock implements Clock {
  #nowMs = 0;
  readonly #waiting = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  nowMs = () => this.#nowMs;
  wallMs = (atMs: number) => atMs;

  callAt(atMs: number, callback: () => void): Disposable {
    const one = { atMs, callback };
    this.#waiting.add(one);
    return { [Symbol.dispose]: () => this.#waiting.delete(one) };
  }

  moveTo(nowMs: number): void {
    for (;;) {
      const [next] = [...this.#waiting].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > nowMs) break;
      this.#waiting.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = nowMs;
  }

  get waiting(): number {
    return this.#waiting.size;
  }
}

function echo(node: string | undefined): Echo {
  return { kind: "echo", node, observer: "o", seq: 1 };
}

Deno.test("a tracker is present while its echoes arrive, and absent after a minute without one", () => {
  const clock = new MovedClock();
  const changes: (readonly string[])[] = [];
  const trackers = new Trackers({ clock, onChange: () => changes.push(trackers.nodes) });
  trackers.hear(echo(undefined));
  assert.deepEqual(trackers.nodes, [], "the hub's own echo is no tracker's");
  trackers.hear(echo("john-snow"));
  clock.moveTo(30_000);
  trackers.hear(echo("arya"));
  trackers.hear(echo("john-snow"));
  clock.moveTo(55_000);
  trackers.hear(echo("arya"));
  clock.moveTo(89_000);
  assert.deepEqual(trackers.nodes, ["arya", "john-snow"]);
  clock.moveTo(91_000);
  assert.deepEqual(trackers.nodes, ["arya"]);
  clock.moveTo(1_000_000);
  assert.deepEqual(changes, [["john-snow"], ["arya", "john-snow"], ["arya"], []]);
  assert.equal(clock.waiting, 0, "nothing is waited for");
  trackers.hear(echo("bran"));
  assert.equal(clock.waiting, 1);
  trackers[Symbol.dispose]();
  assert.equal(clock.waiting, 0);
});

Deno.test("invented trackers use bounded memory", () => {
  const trackers = new Trackers({ clock: new MovedClock(), onChange: () => {} });
  for (let number = 0; number < NODES_MAX + 10; number++) trackers.hear(echo(`pi-${number}`));
  assert.equal(trackers.nodes.length, NODES_MAX);
});
