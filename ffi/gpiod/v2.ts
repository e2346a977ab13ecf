/** libgpiod 2.x (libgpiod.so.3, Debian 13). */
import {
  type DriverChip,
  type DriverEdge,
  type DriverInput,
  type DriverLineInfo,
  type DriverOutput,
  EDGES_MAX,
  type GpioDriver,
  type InputRequest,
  type LineRequest,
  type OutputRequest,
  type Pull,
} from "../gpio_driver.ts";
import {
  GPIOD_EDGE_EVENT_RISING_EDGE,
  GPIOD_LINE_BIAS_DISABLED,
  GPIOD_LINE_BIAS_PULL_DOWN,
  GPIOD_LINE_BIAS_PULL_UP,
  GPIOD_LINE_DIRECTION_INPUT,
  GPIOD_LINE_DIRECTION_OUTPUT,
  GPIOD_LINE_EDGE_BOTH,
  GPIOD_LINE_VALUE_ACTIVE,
  GPIOD_LINE_VALUE_INACTIVE,
  GPIOD_V2,
} from "./v2_symbols.ts";
import type { Libc } from "../libc.ts";
import { GPIOD_V2_SONAME, type Library, openLibrary } from "../library.ts";
import { cString } from "../syscalls.ts";

const BIASES: Readonly<Record<Pull, number>> = {
  up: GPIOD_LINE_BIAS_PULL_UP,
  down: GPIOD_LINE_BIAS_PULL_DOWN,
  none: GPIOD_LINE_BIAS_DISABLED,
};

type Symbols = Library<typeof GPIOD_V2>["symbols"];

/** Loads libgpiod 2.x; undefined when it is not installed. */
export function openGpiodV2(libc: Libc): GpioDriver | undefined {
  const library = openLibrary(GPIOD_V2_SONAME, GPIOD_V2);
  if (library === undefined) return undefined;
  const gpiod = library.symbols;
  return {
    identity: {
      kind: "libgpiod",
      path: library.path,
      version: libc.text(gpiod.gpiod_api_version()),
    },
    openChip(path) {
      const handle = gpiod.gpiod_chip_open(cString(path));
      if (handle === null) throw libc.lastError();
      return describeChip({ gpiod, libc, handle });
    },
  };
}

/** A handle with the functions to use it. */
interface Handle {
  readonly gpiod: Symbols;
  readonly libc: Libc;
  readonly handle: Deno.PointerObject;
}

function describeChip(chip: Handle): DriverChip {
  const { gpiod, libc, handle } = chip;
  const info = gpiod.gpiod_chip_get_info(handle);
  if (info === null) {
    const error = libc.lastError();
    gpiod.gpiod_chip_close(handle);
    throw error;
  }
  const name = libc.text(gpiod.gpiod_chip_info_get_name(info));
  const label = libc.text(gpiod.gpiod_chip_info_get_label(info));
  const lineCount = Number(gpiod.gpiod_chip_info_get_num_lines(info));
  gpiod.gpiod_chip_info_free(info);
  return {
    name,
    label,
    lineCount,
    describe: (line) => describeLine(chip, line),
    requestOutput: (request) => requestOutput(chip, request),
    requestInput: (request) => requestInput(chip, request),
    [Symbol.dispose]: () => gpiod.gpiod_chip_close(handle),
  };
}

function describeLine({ gpiod, libc, handle }: Handle, line: number): DriverLineInfo {
  const info = gpiod.gpiod_chip_get_line_info(handle, line);
  if (info === null) throw libc.lastError();
  const described = {
    name: libc.text(gpiod.gpiod_line_info_get_name(info)),
    isUsed: gpiod.gpiod_line_info_is_used(info),
    consumer: libc.text(gpiod.gpiod_line_info_get_consumer(info)),
  };
  gpiod.gpiod_line_info_free(info);
  return described;
}

function requestOutput(chip: Handle, request: OutputRequest): DriverOutput {
  const { gpiod, libc } = chip;
  const held = hold(chip, request, (settings) => [
    gpiod.gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT),
    gpiod.gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE),
  ]);
  return {
    set(active) {
      const value = active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
      if (gpiod.gpiod_line_request_set_value(held, request.line, value) !== 0) {
        throw libc.lastError();
      }
    },
    [Symbol.dispose]: () => gpiod.gpiod_line_request_release(held),
  };
}

function requestInput(chip: Handle, request: InputRequest): DriverInput {
  const { gpiod, libc } = chip;
  using opened = new DisposableStack();
  const events = gpiod.gpiod_edge_event_buffer_new(BigInt(EDGES_MAX));
  if (events === null) throw libc.lastError();
  opened.defer(() => gpiod.gpiod_edge_event_buffer_free(events));
  const held = hold(chip, request, (settings) => [
    gpiod.gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT),
    gpiod.gpiod_line_settings_set_bias(settings, BIASES[request.pull]),
    gpiod.gpiod_line_settings_set_edge_detection(settings, GPIOD_LINE_EDGE_BOTH),
  ]);
  opened.defer(() => gpiod.gpiod_line_request_release(held));
  const owned = opened.move();
  return {
    fileDescriptor: gpiod.gpiod_line_request_get_fd(held),
    isActive() {
      const value = gpiod.gpiod_line_request_get_value(held, request.line);
      if (value < 0) throw libc.lastError();
      return value === GPIOD_LINE_VALUE_ACTIVE;
    },
    readEdges() {
      const max = BigInt(EDGES_MAX);
      const count = gpiod.gpiod_line_request_read_edge_events(held, events, max);
      if (count < 0) throw libc.lastError();
      return Array.from({ length: count }, (_, index) => edgeAt(gpiod, events, index));
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/**
 * When both edges are requested, the kernel calls an edge rising if the line is active after it.
 */
function edgeAt(gpiod: Symbols, events: Deno.PointerObject, index: number): DriverEdge {
  const event = gpiod.gpiod_edge_event_buffer_get_event(events, BigInt(index));
  return {
    active: gpiod.gpiod_edge_event_get_event_type(event) === GPIOD_EDGE_EVENT_RISING_EDGE,
    atNs: gpiod.gpiod_edge_event_get_timestamp_ns(event),
  };
}

/** Requests one line. `configure` returns the result of each of its calls; 0 is success. */
function hold(
  { gpiod, libc, handle }: Handle,
  { line, activeLow, consumer }: LineRequest,
  configure: (settings: Deno.PointerObject) => readonly number[],
): Deno.PointerObject {
  // Handles are needed only until the line is held. The stack frees them in every case.
  using handles = new DisposableStack();
  const own = (handle: Deno.PointerValue, free: (handle: Deno.PointerValue) => void) => {
    if (handle === null) throw libc.lastError();
    return handles.adopt(handle, free);
  };
  const settings = own(gpiod.gpiod_line_settings_new(), gpiod.gpiod_line_settings_free);
  const lines = own(gpiod.gpiod_line_config_new(), gpiod.gpiod_line_config_free);
  const config = own(gpiod.gpiod_request_config_new(), gpiod.gpiod_request_config_free);
  if (configure(settings).some((result) => result !== 0)) throw libc.lastError();
  gpiod.gpiod_line_settings_set_active_low(settings, activeLow);
  const offsets = Uint32Array.of(line);
  const count = BigInt(offsets.length);
  if (gpiod.gpiod_line_config_add_line_settings(lines, offsets, count, settings) !== 0) {
    throw libc.lastError();
  }
  gpiod.gpiod_request_config_set_consumer(config, cString(consumer));
  const held = gpiod.gpiod_chip_request_lines(handle, config, lines);
  if (held === null) throw libc.lastError();
  return held;
}
