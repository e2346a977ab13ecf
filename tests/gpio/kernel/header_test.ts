/** The layouts of the kernel's structs, as a C compiler finds them in the kernel's own header. */
import assert from "node:assert/strict";
import { CHIP_INFO, GPIO_GET_CHIPINFO } from "../../../ffi/cdev/cdev.ts";
import * as v1 from "../../../ffi/cdev/uapi_v1.ts";
import * as v2 from "../../../ffi/cdev/uapi_v2.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

type Layout = Readonly<Record<string, number>>;

/** Struct, its layout here, and the kernel's names of its fields. */
type Row = readonly [struct: string, layout: Layout, fields: Readonly<Record<string, string>>];

const STRUCTS: readonly Row[] = [
  ["gpiochip_info", CHIP_INFO, { name: "name", label: "label", lineCount: "lines" }],
  ["gpioline_info", v1.LINEINFO, {
    line: "line_offset",
    flags: "flags",
    name: "name",
    consumer: "consumer",
  }],
  ["gpiohandle_request", v1.HANDLE_REQUEST, {
    lines: "lineoffsets",
    flags: "flags",
    consumer: "consumer_label",
    count: "lines",
    file: "fd",
  }],
  ["gpiohandle_data", v1.HANDLE_DATA, { values: "values" }],
  ["gpioevent_request", v1.EVENT_REQUEST, {
    line: "lineoffset",
    handleFlags: "handleflags",
    eventFlags: "eventflags",
    consumer: "consumer_label",
    file: "fd",
  }],
  ["gpio_v2_line_info", v2.LINE_INFO, {
    name: "name",
    consumer: "consumer",
    line: "offset",
    flags: "flags",
  }],
  ["gpio_v2_line_request", v2.LINE_REQUEST, {
    lines: "offsets",
    consumer: "consumer",
    flags: "config.flags",
    count: "num_lines",
    eventBufferSize: "event_buffer_size",
    file: "fd",
  }],
  ["gpio_v2_line_values", v2.LINE_VALUES, { bits: "bits", mask: "mask" }],
  ["gpio_v2_line_event", v2.LINE_EVENT, { timestamp: "timestamp_ns", id: "id" }],
];
/** On 32-bit x86 this one has no padding, and 12 bytes. */
const EVENT_DATA: Row = ["gpioevent_data", v1.EVENT_DATA, { timestamp: "timestamp", id: "id" }];

const CALLS: Readonly<Record<string, number>> = {
  GPIO_GET_CHIPINFO_IOCTL: GPIO_GET_CHIPINFO,
  GPIO_GET_LINEINFO_IOCTL: v1.GPIO_GET_LINEINFO,
  GPIO_GET_LINEHANDLE_IOCTL: v1.GPIO_GET_LINEHANDLE,
  GPIO_GET_LINEEVENT_IOCTL: v1.GPIO_GET_LINEEVENT,
  GPIOHANDLE_GET_LINE_VALUES_IOCTL: v1.GPIOHANDLE_GET_LINE_VALUES,
  GPIOHANDLE_SET_LINE_VALUES_IOCTL: v1.GPIOHANDLE_SET_LINE_VALUES,
  GPIO_V2_GET_LINEINFO_IOCTL: v2.GPIO_V2_GET_LINEINFO,
  GPIO_V2_GET_LINE_IOCTL: v2.GPIO_V2_GET_LINE,
  GPIO_V2_LINE_GET_VALUES_IOCTL: v2.GPIO_V2_LINE_GET_VALUES,
  GPIO_V2_LINE_SET_VALUES_IOCTL: v2.GPIO_V2_LINE_SET_VALUES,
};

Deno.test("structs and calls are those of the kernel's header", async () => {
  await compiles(assertionsOf([...STRUCTS, EVENT_DATA]), []);
});

Deno.test("structs and calls are the same for 32 bits", {
  ignore: Deno.build.arch !== "x86_64",
}, async () => {
  // The header itself is the same; without this path the compiler looks for that of another package.
  const flags = ["-m32", "-I/usr/include/x86_64-linux-gnu"];
  await compiles([...assertionsOf(STRUCTS), assertion("sizeof(long) == 4")], flags);
});

Deno.test("a layout that is wrong does not compile", async () => {
  const wrong = assertionsOf([["gpiochip_info", { ...CHIP_INFO, label: 33 }, { label: "label" }]]);
  await assert.rejects(compiles(wrong, []), /static assertion failed/);
});

function assertionsOf(rows: readonly Row[]): readonly string[] {
  const structs = rows.flatMap(([struct, layout, fields]) => [
    assertion(`sizeof(struct ${struct}) == ${layout.bytes}`),
    ...Object.entries(fields).map(([ours, theirs]) =>
      assertion(`offsetof(struct ${struct}, ${theirs}) == ${layout[ours]}`)
    ),
  ]);
  return [
    ...structs,
    ...Object.entries(CALLS).map(([name, number]) => assertion(`${name} == ${number}u`)),
  ];
}

function assertion(condition: string): string {
  return `_Static_assert(${condition}, "${condition}");`;
}

/** Throws when the compiler refuses. */
async function compiles(lines: readonly string[], flags: readonly string[]): Promise<void> {
  using folder = new TemporaryFolder();
  const head = ["#include <stddef.h>", "#include <linux/gpio.h>"];
  const source = folder.write("layouts.c", [...head, ...lines, ""].join("\n"));
  const { code, stderr } = await new Deno.Command("gcc", {
    args: ["-ffreestanding", "-fsyntax-only", ...flags, source],
    stdin: "null",
    stdout: "null",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}
