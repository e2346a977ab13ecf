/**
 * How the binding waits for a file, through the C library and through the addon for Node.js: on this
 * machine's kernel, with files that need no chip.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { FileWait, wakeReaders } from "../../../ffi/file_wait.ts";
import { KernelClock } from "../../../ffi/kernel_clock.ts";
import { Libc } from "../../../ffi/libc.ts";
import { hasRawSyscalls, RawSyscalls } from "../../../ffi/raw_syscalls.ts";
import { O_CLOEXEC, O_RDWR, type Syscalls } from "../../../ffi/syscalls.ts";
import { buildSyscalls, OWN_PROCESSOR } from "../../../scripts/debian/syscalls_addon.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { within } from "../../support/time/until.ts";

/** A file that can be made readable, a device's node, and the wait for both. */
class Fixture implements Disposable {
  readonly system: Syscalls;
  readonly file: number;
  readonly node: string;
  readonly wait: FileWait;
  readonly #opened: DisposableStack;

  constructor(system: Syscalls) {
    using opened = new DisposableStack();
    this.system = system;
    this.file = opened.adopt(system.eventfd(), (file) => system.close(file));
    this.node = opened.use(new TemporaryFolder()).write("device", "");
    this.wait = opened.use(new FileWait(system, this.file, this.node));
    this.#opened = opened.move();
  }

  [Symbol.dispose](): void {
    this.#opened.dispose();
  }
}

type Story = (system: Syscalls) => void | Promise<void>;

const STORIES: Readonly<Record<string, Story>> = {
  "a wait ends when the file is readable, and the event loop goes on meanwhile": async (system) => {
    using fixture = new Fixture(system);
    assert.equal(fixture.wait.look(), "quiet");
    const ready = fixture.wait.ready();
    let ticks = 0;
    while (ticks < 5) await new Promise((resolve) => setTimeout(() => resolve(ticks++), 1));
    wakeReaders(system, fixture.file);
    assert.equal(await within("the wait's end", ready), "readable");
    assert.equal(fixture.wait.look(), "readable");
    assert.equal(await within("the wait's end", fixture.wait.ready()), "readable", "it still is");
  },

  "a wait ends when it is woken, and no later one begins": async (system) => {
    using fixture = new Fixture(system);
    const ready = fixture.wait.ready();
    fixture.wait.wake();
    fixture.wait.wake();
    assert.equal(await within("the wait's end", ready), "quiet");
    assert.equal(await within("the next wait's end", fixture.wait.ready()), "quiet");
  },

  "a wait ends each time that the device's node changes or is removed": async (system) => {
    using fixture = new Fixture(system);
    const changed = fixture.wait.ready();
    await Deno.chmod(fixture.node, 0o600);
    assert.equal(await within("the wait's end", changed), "touched");
    const removed = fixture.wait.ready();
    await Deno.remove(fixture.node);
    assert.equal(await within("the wait's end", removed), "touched");
    wakeReaders(system, fixture.file);
    assert.equal(await within("the wait's end", fixture.wait.ready()), "readable");
  },

  "a file that is not open is lost": async (system) => {
    using folder = new TemporaryFolder();
    const closed = system.eventfd();
    system.close(closed);
    using wait = new FileWait(system, closed + 1_000, folder.path);
    assert.equal(await within("the wait's end", wait.ready()), "lost");
  },

  "an instant of the kernel's clock, or of its wall clock, is one of performance.now()": (
    system,
  ) => {
    const clock = new KernelClock(system);
    const before = performance.now();
    const atMs = clock.toPerformanceMs(system.monotonicNs());
    const wallMs = clock.toPerformanceMs(BigInt(Date.now()) * 1_000_000n);
    const after = performance.now();
    assert(before - 1 <= atMs && atMs <= after + 1, `${before} ${atMs} ${after}`);
    // The wall clock is read in whole milliseconds.
    assert(before - 2 <= wallMs && wallMs <= after + 1, `${before} ${wallMs} ${after}`);
  },

  "what the kernel refuses is told by its name": (system) => {
    const errno = (name: string) => ({ name: "SystemError", errno: name });
    assert.throws(() => system.open("/nowhere", O_RDWR), errno("ENOENT"));
    assert.throws(() => system.watch("/nowhere", 0x4), errno("ENOENT"));
    const file = system.open("/dev/null", O_RDWR | O_CLOEXEC);
    try {
      assert.throws(() => system.ioctl(file, 0x8044b401, new Uint8Array(68)), errno("ENOTTY"));
      assert.equal(system.write(file, new Uint8Array(3)), 3);
      assert.equal(system.read(file, new Uint8Array(3)), 0);
    } finally {
      system.close(file);
    }
    assert.throws(() => system.read(file, new Uint8Array(3)), errno("EBADF"));
  },
};

for (const [name, tell] of Object.entries(STORIES)) {
  Deno.test(`through the C library: ${name}`, async () => {
    using libc = new Libc();
    await tell(libc);
  });
}

Deno.test({
  name: "through the addon of Node.js, which needs no library",
  // The addon is for ARM; x86-64 is there for this test.
  ignore: !hasRawSyscalls(Deno.build.arch),
  // A loaded addon stays.
  sanitizeResources: false,
  fn: async (t) => {
    using folder = new TemporaryFolder();
    const path = folder.file("syscalls.node");
    await buildSyscalls(path, OWN_PROCESSOR);
    const architecture: string = Deno.build.arch;
    assert(hasRawSyscalls(architecture));
    const system = new RawSyscalls(createRequire(import.meta.url)(path), architecture);
    for (const [name, tell] of Object.entries(STORIES)) await t.step(name, () => tell(system));
  },
});
