/** How the binding waits for a file: on this machine's kernel, with files that need no chip. */
import assert from "node:assert/strict";
import { FileWait } from "../../ffi/file_wait.ts";
import { KernelClock } from "../../ffi/kernel_clock.ts";
import { Libc } from "../../ffi/libc.ts";
import { TemporaryFolder } from "../support/program/temporary_folder.ts";
import { within } from "../support/time/until.ts";

/** A file that can be made readable, a device's node, and the wait for both. */
class Fixture implements Disposable {
  readonly libc: Libc;
  readonly file: number;
  readonly node: string;
  readonly wait: FileWait;
  readonly #opened: DisposableStack;

  constructor() {
    using opened = new DisposableStack();
    this.libc = opened.use(new Libc());
    this.file = opened.adopt(this.libc.openEvent(), (file) => this.libc.close(file));
    this.node = opened.use(new TemporaryFolder()).write("device", "");
    this.wait = opened.use(new FileWait(this.libc, this.file, this.node));
    this.#opened = opened.move();
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}

Deno.test("a wait ends when the file is readable, and the event loop goes on meanwhile", async () => {
  using fixture = new Fixture();
  assert.equal(fixture.wait.look(), "quiet");
  const ready = fixture.wait.ready();
  let ticks = 0;
  while (ticks < 5) await new Promise((resolve) => setTimeout(() => resolve(ticks++), 1));
  fixture.libc.signalEvent(fixture.file);
  assert.equal(await within("the wait's end", ready), "readable");
  assert.equal(fixture.wait.look(), "readable");
  assert.equal(await within("the wait's end", fixture.wait.ready()), "readable", "it still is");
});

Deno.test("a wait ends when it is woken, and no later one begins", async () => {
  using fixture = new Fixture();
  const ready = fixture.wait.ready();
  fixture.wait.wake();
  fixture.wait.wake();
  assert.equal(await within("the wait's end", ready), "quiet");
  assert.equal(await within("the next wait's end", fixture.wait.ready()), "quiet");
});

Deno.test("a wait ends each time that the device's node changes or is removed", async () => {
  using fixture = new Fixture();
  const changed = fixture.wait.ready();
  await Deno.chmod(fixture.node, 0o600);
  assert.equal(await within("the wait's end", changed), "touched");
  const removed = fixture.wait.ready();
  await Deno.remove(fixture.node);
  assert.equal(await within("the wait's end", removed), "touched");
  fixture.libc.signalEvent(fixture.file);
  assert.equal(await within("the wait's end", fixture.wait.ready()), "readable");
});

Deno.test("a file that is not open is lost", async () => {
  using libc = new Libc();
  using folder = new TemporaryFolder();
  const closed = libc.openEvent();
  libc.close(closed);
  using wait = new FileWait(libc, closed + 1_000, folder.path);
  assert.equal(await within("the wait's end", wait.ready()), "lost");
});

Deno.test("an instant of the kernel's clock is one of performance.now()", () => {
  using libc = new Libc();
  const clock = new KernelClock(libc);
  const before = performance.now();
  const atMs = clock.toPerformanceMs(libc.monotonicNs());
  const after = performance.now();
  assert(before - 1 <= atMs && atMs <= after + 1, `${before} ${atMs} ${after}`);
});
