/** Edges as libgpiod 1.x writes them, compiled for 64 bits or for either `time_t` of 32 bits. */
import assert from "node:assert/strict";
import type { DriverEdge } from "../../../ffi/gpio_driver.ts";
import { LineEvents } from "../../../ffi/gpiod/v1_events.ts";
import type { Bytes } from "../../../ffi/syscalls.ts";

const EDGES: readonly DriverEdge[] = [
  { active: true, atNs: 3_000_000_007n },
  { active: false, atNs: 3_999_999_999n },
  // A little over two years of uptime.
  { active: true, atNs: 70_000_000_000_000_000n + 1n },
];

interface Compiled {
  readonly name: string;
  readonly bytes: number;
  write(view: DataView, seconds: bigint, nanoseconds: number): number;
}

const COMPILED: readonly Compiled[] = [
  {
    name: "64 bits",
    bytes: 24,
    write(view, seconds, nanoseconds) {
      view.setBigInt64(0, seconds, true);
      view.setBigInt64(8, BigInt(nanoseconds), true);
      return 16;
    },
  },
  {
    name: "32 bits with a time_t of 64 bits, whose padding stays as it was",
    bytes: 24,
    write(view, seconds, nanoseconds) {
      view.setBigInt64(0, seconds, true);
      view.setInt32(8, nanoseconds, true);
      return 16;
    },
  },
  {
    name: "32 bits with a time_t of 32 bits",
    bytes: 12,
    write(view, seconds, nanoseconds) {
      view.setInt32(0, Number(seconds), true);
      view.setInt32(4, nanoseconds, true);
      return 8;
    },
  },
];

/** What a library writes, with `event_type` after the time. */
function writeEvents(space: Bytes, edges: readonly DriverEdge[], compiled: Compiled): void {
  for (const [index, { active, atNs }] of edges.entries()) {
    const view = new DataView(space.buffer, index * compiled.bytes, compiled.bytes);
    const end = compiled.write(view, atNs / 1_000_000_000n, Number(atNs % 1_000_000_000n));
    view.setInt32(end, active ? 1 : 2, true);
  }
}

for (const compiled of COMPILED) {
  Deno.test(`edges of a libgpiod that was compiled for ${compiled.name}`, () => {
    const events = new LineEvents(EDGES.length);
    // In turns, so that what was written before is not taken for what was written last.
    for (const count of [3, 1, 2, 0, 3]) {
      const edges = EDGES.slice(0, count);
      writeEvents(events.emptied(), edges, compiled);
      assert.deepEqual(events.edges(count), edges);
    }
  });
}
