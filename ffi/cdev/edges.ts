/** The edges of a held line, which both versions of the interface tell alike. */
import { type DriverEdge, EDGES_MAX } from "../gpio_driver.ts";
import type { Syscalls } from "../syscalls.ts";
import { Struct } from "./struct.ts";

/** Where the struct of an event has its fields. */
export interface EventLayout {
  readonly bytes: number;
  readonly timestamp: number;
  readonly id: number;
}

const RISING_EDGE = 1;

/** Reads the waiting edges. Throws SystemError. */
export function readEdges(
  system: Syscalls,
  held: number,
  layout: EventLayout,
): readonly DriverEdge[] {
  const events = new Struct({ bytes: layout.bytes * EDGES_MAX });
  const length = system.read(held, events.bytes);
  return Array.from({ length: length / layout.bytes }, (_, index) => {
    const start = index * layout.bytes;
    return {
      // When both edges are requested, an edge is called rising if the line is active after it.
      active: events.u32(start + layout.id) === RISING_EDGE,
      atNs: events.u64(start + layout.timestamp),
    };
  });
}
