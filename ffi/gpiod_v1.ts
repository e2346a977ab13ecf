/** libgpiod 1.x (libgpiod.so.2, Debian 12), after its gpiod.h. */
import type { DriverChip, DriverLine, GpioDriver, OutputRequest } from "./gpio_driver.ts";
import { cString, type Libc } from "./libc.ts";
import { GPIOD_V1_SONAME, type Library, openLibrary } from "./library.ts";

const GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW = 1 << 2;
const INACTIVE = 0;

const GPIOD_V1 = {
  gpiod_chip_open: { parameters: ["buffer"], result: "pointer" },
  gpiod_chip_close: { parameters: ["pointer"], result: "void" },
  gpiod_chip_label: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_num_lines: { parameters: ["pointer"], result: "u32" },
  gpiod_chip_get_line: { parameters: ["pointer", "u32"], result: "pointer" },
  gpiod_line_consumer: { parameters: ["pointer"], result: "pointer" },
  // Plain arguments: the call with struct gpiod_line_request_config would need a pointer made in
  // JavaScript, which a scoped permission forbids.
  gpiod_line_request_output_flags: {
    parameters: ["pointer", "buffer", "i32", "i32"],
    result: "i32",
  },
  gpiod_line_set_value: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_release: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;

type Symbols = Library<typeof GPIOD_V1>["symbols"];

/** Loads libgpiod 1.x; undefined when it is not installed. */
export function openGpiodV1(libc: Libc): GpioDriver | undefined {
  const library = openLibrary(GPIOD_V1_SONAME, GPIOD_V1);
  if (library === undefined) return undefined;
  return {
    library: library.path,
    openChip: (path) => openChip(library.symbols, libc, path),
  };
}

function openChip(gpiod: Symbols, libc: Libc, path: string): DriverChip {
  const chip = gpiod.gpiod_chip_open(cString(path));
  if (chip === null) throw libc.lastError();
  return {
    label: libc.text(gpiod.gpiod_chip_label(chip)),
    lineCount: gpiod.gpiod_chip_num_lines(chip),
    consumerOf(offset) {
      const line = gpiod.gpiod_chip_get_line(chip, offset);
      return line === null ? "" : libc.text(gpiod.gpiod_line_consumer(line));
    },
    requestOutput(request) {
      const line = gpiod.gpiod_chip_get_line(chip, request.line);
      if (line === null) throw libc.lastError();
      return requestOutput(gpiod, libc, { ...request, handle: line });
    },
    [Symbol.dispose]: () => gpiod.gpiod_chip_close(chip),
  };
}

function requestOutput(
  gpiod: Symbols,
  libc: Libc,
  request: OutputRequest & { readonly handle: Deno.PointerObject },
): DriverLine {
  const { handle, consumer, activeLow } = request;
  const flags = activeLow ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
  const refused = gpiod.gpiod_line_request_output_flags(handle, cString(consumer), flags, INACTIVE);
  if (refused !== 0) throw libc.lastError();
  return {
    set(active) {
      if (gpiod.gpiod_line_set_value(handle, active ? 1 : INACTIVE) !== 0) throw libc.lastError();
    },
    [Symbol.dispose]: () => gpiod.gpiod_line_release(handle),
  };
}
