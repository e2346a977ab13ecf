/** The interface since Linux 5.10. */
import { EDGES_MAX, type LineRequest, type Pull } from "../gpio_driver.ts";
import type { Syscalls } from "../syscalls.ts";
import { readEdges } from "./edges.ts";
import { iowr, Struct } from "./struct.ts";
import type { Uapi } from "./uapi.ts";

export const LINE_INFO = { bytes: 256, name: 0, consumer: 32, line: 64, flags: 72 } as const;
/** The first field of its `struct gpio_v2_line_config` is `flags`. The attributes stay unused. */
export const LINE_REQUEST = {
  bytes: 592,
  lines: 0,
  consumer: 256,
  flags: 288,
  count: 560,
  eventBufferSize: 564,
  file: 588,
} as const;
export const LINE_VALUES = { bytes: 16, bits: 0, mask: 8 } as const;
export const LINE_EVENT = { bytes: 48, timestamp: 0, id: 8 } as const;

export const GPIO_V2_GET_LINEINFO = iowr(0x05, LINE_INFO);
export const GPIO_V2_GET_LINE = iowr(0x07, LINE_REQUEST);
export const GPIO_V2_LINE_GET_VALUES = iowr(0x0e, LINE_VALUES);
export const GPIO_V2_LINE_SET_VALUES = iowr(0x0f, LINE_VALUES);

const FLAG_USED = 1 << 0;
const FLAG_ACTIVE_LOW = 1 << 1;
const FLAG_INPUT = 1 << 2;
const FLAG_OUTPUT = 1 << 3;
const FLAG_EDGE_RISING = 1 << 4;
const FLAG_EDGE_FALLING = 1 << 5;

const BIAS_FLAGS: Readonly<Record<Pull, number>> = { up: 1 << 8, down: 1 << 9, none: 1 << 10 };

/** Of the values, bit 0 stands for the first line of a request. */
const FIRST_LINE = 1;

export const UAPI_V2: Uapi = {
  version: 2,

  describe(system, chip, line) {
    const info = new Struct(LINE_INFO);
    info.setU32(LINE_INFO.line, line);
    system.ioctl(chip, GPIO_V2_GET_LINEINFO, info.bytes);
    return {
      name: info.text(LINE_INFO.name),
      isUsed: (info.u32(LINE_INFO.flags) & FLAG_USED) !== 0,
      consumer: info.text(LINE_INFO.consumer),
    };
  },

  holdOutput(system, chip, request) {
    // Without an attribute that says otherwise, its first value is inactive.
    return hold(system, chip, request, FLAG_OUTPUT);
  },

  holdInput(system, chip, request) {
    const flags = FLAG_INPUT | FLAG_EDGE_RISING | FLAG_EDGE_FALLING | BIAS_FLAGS[request.pull];
    return hold(system, chip, request, flags);
  },

  set(system, held, active) {
    const values = new Struct(LINE_VALUES);
    values.setU32(LINE_VALUES.mask, FIRST_LINE);
    values.setU32(LINE_VALUES.bits, active ? FIRST_LINE : 0);
    system.ioctl(held, GPIO_V2_LINE_SET_VALUES, values.bytes);
  },

  isActive(system, held) {
    const values = new Struct(LINE_VALUES);
    values.setU32(LINE_VALUES.mask, FIRST_LINE);
    system.ioctl(held, GPIO_V2_LINE_GET_VALUES, values.bytes);
    return (values.u32(LINE_VALUES.bits) & FIRST_LINE) !== 0;
  },

  readEdges(system, held) {
    return readEdges(system, held, LINE_EVENT);
  },
};

function hold(
  system: Syscalls,
  chip: number,
  { line, activeLow, consumer }: LineRequest,
  flags: number,
): number {
  const request = new Struct(LINE_REQUEST);
  request.setU32(LINE_REQUEST.lines, line);
  request.setU32(LINE_REQUEST.count, 1);
  request.setU32(LINE_REQUEST.eventBufferSize, EDGES_MAX);
  request.setU32(LINE_REQUEST.flags, flags | (activeLow ? FLAG_ACTIVE_LOW : 0));
  request.setText(LINE_REQUEST.consumer, consumer);
  system.ioctl(chip, GPIO_V2_GET_LINE, request.bytes);
  return request.u32(LINE_REQUEST.file);
}
