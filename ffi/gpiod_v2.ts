/** libgpiod 2.x (libgpiod.so.3, Debian 13), after its gpiod.h: opaque handles, no structs. */
import type { DriverChip, DriverLine, GpioDriver, OutputRequest } from "./gpio_driver.ts";
import { cString, type Libc } from "./libc.ts";
import { GPIOD_V2_SONAME, type Library, openLibrary } from "./library.ts";

const GPIOD_LINE_DIRECTION_OUTPUT = 3;
const GPIOD_LINE_VALUE_INACTIVE = 0;
const GPIOD_LINE_VALUE_ACTIVE = 1;

const GPIOD_V2 = {
  gpiod_chip_open: { parameters: ["buffer"], result: "pointer" },
  gpiod_chip_close: { parameters: ["pointer"], result: "void" },
  gpiod_chip_get_info: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_info_get_label: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_info_get_num_lines: { parameters: ["pointer"], result: "usize" },
  gpiod_chip_info_free: { parameters: ["pointer"], result: "void" },
  gpiod_chip_get_line_info: { parameters: ["pointer", "u32"], result: "pointer" },
  gpiod_line_info_get_consumer: { parameters: ["pointer"], result: "pointer" },
  gpiod_line_info_free: { parameters: ["pointer"], result: "void" },
  gpiod_line_settings_new: { parameters: [], result: "pointer" },
  gpiod_line_settings_set_direction: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_settings_set_active_low: { parameters: ["pointer", "bool"], result: "void" },
  gpiod_line_settings_set_output_value: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_settings_free: { parameters: ["pointer"], result: "void" },
  gpiod_line_config_new: { parameters: [], result: "pointer" },
  gpiod_line_config_add_line_settings: {
    parameters: ["pointer", "buffer", "usize", "pointer"],
    result: "i32",
  },
  gpiod_line_config_free: { parameters: ["pointer"], result: "void" },
  gpiod_request_config_new: { parameters: [], result: "pointer" },
  gpiod_request_config_set_consumer: { parameters: ["pointer", "buffer"], result: "void" },
  gpiod_request_config_free: { parameters: ["pointer"], result: "void" },
  gpiod_chip_request_lines: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },
  gpiod_line_request_set_value: { parameters: ["pointer", "u32", "i32"], result: "i32" },
  gpiod_line_request_release: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Library<typeof GPIOD_V2>["symbols"];

/** Loads libgpiod 2.x; undefined when it is not installed. */
export function openGpiodV2(libc: Libc): GpioDriver | undefined {
  const library = openLibrary(GPIOD_V2_SONAME, GPIOD_V2);
  if (library === undefined) return undefined;
  return {
    library: library.path,
    openChip: (path) => openChip(library.symbols, libc, path),
  };
}

function openChip(gpiod: Symbols, libc: Libc, path: string): DriverChip {
  const chip = gpiod.gpiod_chip_open(cString(path));
  if (chip === null) throw libc.lastError();
  const info = gpiod.gpiod_chip_get_info(chip);
  if (info === null) {
    const error = libc.lastError();
    gpiod.gpiod_chip_close(chip);
    throw error;
  }
  const label = libc.text(gpiod.gpiod_chip_info_get_label(info));
  const lineCount = Number(gpiod.gpiod_chip_info_get_num_lines(info));
  gpiod.gpiod_chip_info_free(info);
  return {
    label,
    lineCount,
    consumerOf(offset) {
      const line = gpiod.gpiod_chip_get_line_info(chip, offset);
      if (line === null) return "";
      const consumer = libc.text(gpiod.gpiod_line_info_get_consumer(line));
      gpiod.gpiod_line_info_free(line);
      return consumer;
    },
    requestOutput: (request) => requestOutput(gpiod, libc, { ...request, chip }),
    [Symbol.dispose]: () => gpiod.gpiod_chip_close(chip),
  };
}

function requestOutput(
  gpiod: Symbols,
  libc: Libc,
  request: OutputRequest & { readonly chip: Deno.PointerObject },
): DriverLine {
  // Handles are needed only until the line is held; the stack frees them on every way out.
  using handles = new DisposableStack();
  const own = (handle: Deno.PointerValue, free: (handle: Deno.PointerValue) => void) => {
    if (handle === null) throw libc.lastError();
    return handles.adopt(handle, free);
  };
  const settings = own(gpiod.gpiod_line_settings_new(), gpiod.gpiod_line_settings_free);
  const lines = own(gpiod.gpiod_line_config_new(), gpiod.gpiod_line_config_free);
  const config = own(gpiod.gpiod_request_config_new(), gpiod.gpiod_request_config_free);
  const succeed = (result: number) => {
    if (result !== 0) throw libc.lastError();
  };
  succeed(gpiod.gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT));
  succeed(gpiod.gpiod_line_settings_set_output_value(settings, GPIOD_LINE_VALUE_INACTIVE));
  gpiod.gpiod_line_settings_set_active_low(settings, request.activeLow);
  const offsets = Uint32Array.of(request.line);
  succeed(
    gpiod.gpiod_line_config_add_line_settings(lines, offsets, BigInt(offsets.length), settings),
  );
  gpiod.gpiod_request_config_set_consumer(config, cString(request.consumer));
  const held = gpiod.gpiod_chip_request_lines(request.chip, config, lines);
  if (held === null) throw libc.lastError();
  return {
    set(active) {
      const value = active ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
      succeed(gpiod.gpiod_line_request_set_value(held, request.line, value));
    },
    [Symbol.dispose]: () => gpiod.gpiod_line_request_release(held),
  };
}
