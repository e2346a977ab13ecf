/** The functions of libgpiod 1.x that we use, by their names and signatures in its gpiod.h. */

export const GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW = 1 << 2;
export const GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE = 1 << 3;
export const GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN = 1 << 4;
export const GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP = 1 << 5;

export const GPIOD_V1 = {
  gpiod_version_string: { parameters: [], result: "pointer" },
  gpiod_chip_open: { parameters: ["buffer"], result: "pointer" },
  gpiod_chip_close: { parameters: ["pointer"], result: "void" },
  gpiod_chip_name: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_label: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_num_lines: { parameters: ["pointer"], result: "u32" },
  gpiod_chip_get_line: { parameters: ["pointer", "u32"], result: "pointer" },
  gpiod_line_name: { parameters: ["pointer"], result: "pointer" },
  gpiod_line_is_used: { parameters: ["pointer"], result: "bool" },
  gpiod_line_consumer: { parameters: ["pointer"], result: "pointer" },
  // Only plain arguments: struct gpiod_line_request_config would need a pointer made in JavaScript,
  // which a scoped permission forbids.
  gpiod_line_request_output_flags: {
    parameters: ["pointer", "buffer", "i32", "i32"],
    result: "i32",
  },
  gpiod_line_request_both_edges_events_flags: {
    parameters: ["pointer", "buffer", "i32"],
    result: "i32",
  },
  gpiod_line_get_value: { parameters: ["pointer"], result: "i32" },
  gpiod_line_set_value: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_event_get_fd: { parameters: ["pointer"], result: "i32" },
  gpiod_line_event_read_multiple: { parameters: ["pointer", "buffer", "u32"], result: "i32" },
  gpiod_line_release: { parameters: ["pointer"], result: "void" },
} as const satisfies Deno.ForeignLibraryInterface;
