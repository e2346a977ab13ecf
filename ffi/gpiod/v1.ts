/** libgpiod 1.x (libgpiod.so.2, Debian 12). */
import {
  type DriverChip,
  type DriverInput,
  type DriverLineInfo,
  type DriverOutput,
  EDGES_MAX,
  type GpioDriver,
  type InputRequest,
  type OutputRequest,
  type Pull,
} from "../gpio_driver.ts";
import { LineEvents } from "./v1_events.ts";
import {
  GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW,
  GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
  GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
  GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
  GPIOD_V1,
} from "./v1_symbols.ts";
import type { Libc } from "../libc.ts";
import { GPIOD_V1_SONAME, type Library, openLibrary } from "../library.ts";
import { cString } from "../syscalls.ts";

const INACTIVE = 0;
const ACTIVE = 1;

const BIAS_FLAGS: Readonly<Record<Pull, number>> = {
  up: GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP,
  down: GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN,
  none: GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE,
};

type Symbols = Library<typeof GPIOD_V1>["symbols"];

/** Loads libgpiod 1.x; undefined when it is not installed. */
export function openGpiodV1(libc: Libc): GpioDriver | undefined {
  const library = openLibrary(GPIOD_V1_SONAME, GPIOD_V1);
  if (library === undefined) return undefined;
  return {
    identity: {
      kind: "libgpiod",
      path: library.path,
      version: libc.text(library.symbols.gpiod_version_string()),
    },
    openChip: (path) => openChip(library.symbols, libc, path),
  };
}

function openChip(gpiod: Symbols, libc: Libc, path: string): DriverChip {
  const chip = gpiod.gpiod_chip_open(cString(path));
  if (chip === null) throw libc.lastError();
  const lineOf = (number: number): LineOfChip => {
    const handle = gpiod.gpiod_chip_get_line(chip, number);
    if (handle === null) throw libc.lastError();
    return { gpiod, libc, handle };
  };
  return {
    name: libc.text(gpiod.gpiod_chip_name(chip)),
    label: libc.text(gpiod.gpiod_chip_label(chip)),
    lineCount: gpiod.gpiod_chip_num_lines(chip),
    describe: (line) => describe(lineOf(line)),
    requestOutput: (request) => requestOutput(lineOf(request.line), request),
    requestInput: (request) => requestInput(lineOf(request.line), request),
    [Symbol.dispose]: () => gpiod.gpiod_chip_close(chip),
  };
}

/** A line of an open chip, held or not. */
interface LineOfChip {
  readonly gpiod: Symbols;
  readonly libc: Libc;
  readonly handle: Deno.PointerObject;
}

function describe({ gpiod, libc, handle }: LineOfChip): DriverLineInfo {
  return {
    name: libc.text(gpiod.gpiod_line_name(handle)),
    isUsed: gpiod.gpiod_line_is_used(handle),
    consumer: libc.text(gpiod.gpiod_line_consumer(handle)),
  };
}

function requestOutput(
  { gpiod, libc, handle }: LineOfChip,
  { consumer, activeLow }: OutputRequest,
): DriverOutput {
  const flags = activeLow ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
  const refused = gpiod.gpiod_line_request_output_flags(handle, cString(consumer), flags, INACTIVE);
  if (refused !== 0) throw libc.lastError();
  return {
    set(active) {
      if (gpiod.gpiod_line_set_value(handle, active ? ACTIVE : INACTIVE) !== 0) {
        throw libc.lastError();
      }
    },
    [Symbol.dispose]: () => gpiod.gpiod_line_release(handle),
  };
}

function requestInput(
  { gpiod, libc, handle }: LineOfChip,
  { consumer, activeLow, pull }: InputRequest,
): DriverInput {
  const flags = BIAS_FLAGS[pull] | (activeLow ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0);
  const refused = gpiod.gpiod_line_request_both_edges_events_flags(
    handle,
    cString(consumer),
    flags,
  );
  if (refused !== 0) throw libc.lastError();
  const events = new LineEvents(EDGES_MAX);
  return {
    fileDescriptor: gpiod.gpiod_line_event_get_fd(handle),
    isActive() {
      const value = gpiod.gpiod_line_get_value(handle);
      if (value < 0) throw libc.lastError();
      return value === ACTIVE;
    },
    readEdges() {
      const space = events.emptied();
      const count = gpiod.gpiod_line_event_read_multiple(handle, space, EDGES_MAX);
      if (count < 0) throw libc.lastError();
      return events.edges(count);
    },
    [Symbol.dispose]: () => gpiod.gpiod_line_release(handle),
  };
}
