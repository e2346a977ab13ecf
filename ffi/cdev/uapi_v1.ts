/** The interface of Linux 4.8 to 5.9, which later kernels may have beside the second one. */
import type { LineRequest, Pull } from "../gpio_driver.ts";
import { readEdges } from "./edges.ts";
import { iowr, Struct } from "./struct.ts";
import type { Uapi } from "./uapi.ts";

export const LINEINFO = { bytes: 72, line: 0, flags: 4, name: 8, consumer: 40 } as const;
export const HANDLE_REQUEST = {
  bytes: 364,
  lines: 0,
  flags: 256,
  consumer: 324,
  count: 356,
  file: 360,
} as const;
export const HANDLE_DATA = { bytes: 64, values: 0 } as const;
export const EVENT_REQUEST = {
  bytes: 48,
  line: 0,
  handleFlags: 4,
  eventFlags: 8,
  consumer: 12,
  file: 44,
} as const;
/** Padded to eight bytes, except on 32-bit x86. */
export const EVENT_DATA = { bytes: 16, timestamp: 0, id: 8 } as const;

export const GPIO_GET_LINEINFO = iowr(0x02, LINEINFO);
export const GPIO_GET_LINEHANDLE = iowr(0x03, HANDLE_REQUEST);
export const GPIO_GET_LINEEVENT = iowr(0x04, EVENT_REQUEST);
export const GPIOHANDLE_GET_LINE_VALUES = iowr(0x08, HANDLE_DATA);
export const GPIOHANDLE_SET_LINE_VALUES = iowr(0x09, HANDLE_DATA);

const LINE_IS_USED = 1 << 0;
const REQUEST_INPUT = 1 << 0;
const REQUEST_OUTPUT = 1 << 1;
const REQUEST_ACTIVE_LOW = 1 << 2;
const BOTH_EDGES = 0b11;

/** Kernels before 5.5 refuse these. */
const BIAS_FLAGS: Readonly<Record<Pull, number>> = { up: 1 << 5, down: 1 << 6, none: 1 << 7 };

export const UAPI_V1: Uapi = {
  version: 1,

  describe(system, chip, line) {
    const info = new Struct(LINEINFO);
    info.setU32(LINEINFO.line, line);
    system.ioctl(chip, GPIO_GET_LINEINFO, info.bytes);
    return {
      name: info.text(LINEINFO.name),
      isUsed: (info.u32(LINEINFO.flags) & LINE_IS_USED) !== 0,
      consumer: info.text(LINEINFO.consumer),
    };
  },

  holdOutput(system, chip, request) {
    // The default value is zero: inactive.
    const handle = new Struct(HANDLE_REQUEST);
    handle.setU32(HANDLE_REQUEST.lines, request.line);
    handle.setU32(HANDLE_REQUEST.count, 1);
    handle.setU32(HANDLE_REQUEST.flags, REQUEST_OUTPUT | activeFlag(request));
    handle.setText(HANDLE_REQUEST.consumer, request.consumer);
    system.ioctl(chip, GPIO_GET_LINEHANDLE, handle.bytes);
    return handle.u32(HANDLE_REQUEST.file);
  },

  holdInput(system, chip, request) {
    const event = new Struct(EVENT_REQUEST);
    event.setU32(EVENT_REQUEST.line, request.line);
    const flags = REQUEST_INPUT | BIAS_FLAGS[request.pull] | activeFlag(request);
    event.setU32(EVENT_REQUEST.handleFlags, flags);
    event.setU32(EVENT_REQUEST.eventFlags, BOTH_EDGES);
    event.setText(EVENT_REQUEST.consumer, request.consumer);
    system.ioctl(chip, GPIO_GET_LINEEVENT, event.bytes);
    return event.u32(EVENT_REQUEST.file);
  },

  set(system, held, active) {
    const data = new Struct(HANDLE_DATA);
    data.bytes[HANDLE_DATA.values] = active ? 1 : 0;
    system.ioctl(held, GPIOHANDLE_SET_LINE_VALUES, data.bytes);
  },

  isActive(system, held) {
    const data = new Struct(HANDLE_DATA);
    system.ioctl(held, GPIOHANDLE_GET_LINE_VALUES, data.bytes);
    return data.bytes[HANDLE_DATA.values] === 1;
  },

  readEdges(system, held) {
    return readEdges(system, held, EVENT_DATA);
  },
};

function activeFlag({ activeLow }: LineRequest): number {
  return activeLow ? REQUEST_ACTIVE_LOW : 0;
}
