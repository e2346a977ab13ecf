/** What is shown once it is on disk: in order, and in time. */

import assert from "node:assert/strict";
import { ShowQueue } from "../../../hub/show_queue.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";
import { pass } from "../../support/time/pass.ts";

/** What a store says of its disk. */
class Disk {
  #written = Promise.withResolvers<void>();
  isSettled = true;

  async written(): Promise<void> {
    await this.#written.promise;
  }

  begin(): void {
    this.isSettled = false;
    this.#written = Promise.withResolvers();
  }

  end(): void {
    this.isSettled = true;
    this.#written.resolve();
  }
}

class Fixture {
  readonly clock = new SteppedClock();
  readonly disk = new Disk();
  readonly queue = new ShowQueue(this.disk, this.clock);
  readonly shown: string[] = [];

  show(what: string): void {
    this.queue.whenWritten(() => this.shown.push(what));
  }
}

Deno.test("what is on disk is shown at once", () => {
  const fixture = new Fixture();
  fixture.show("a");
  assert.deepEqual([fixture.shown, fixture.queue.isWaiting], [["a"], false]);
});

Deno.test("what is not on disk is shown when it is, in order", async () => {
  const fixture = new Fixture();
  const { disk, queue, shown } = fixture;
  disk.begin();
  fixture.show("a");
  fixture.show("b");
  await pass(1);
  assert.deepEqual([shown, queue.isWaiting], [[], true]);
  disk.end();
  fixture.show("c");
  await queue.end();
  assert.deepEqual([shown, queue.isWaiting], [["a", "b", "c"], false]);
});

Deno.test("nothing waits for a slow disk longer than 3 s, or for the hub's end", async () => {
  const fixture = new Fixture();
  const { clock, disk, queue, shown } = fixture;
  disk.begin();
  fixture.show("a");
  for (let step = 0; step < 11; step++) clock.pass(250);
  await pass(1);
  assert.deepEqual(shown, []);
  clock.pass(250);
  await pass(1);
  assert.deepEqual(shown, ["a"]);
  fixture.show("b");
  await queue.end();
  assert.deepEqual(shown, ["a", "b"]);
});
