/** The functions of libgpiod 2.x that we use, by their names and signatures in its gpiod.h. */

export const GPIOD_LINE_DIRECTION_INPUT = 2;
export const GPIOD_LINE_DIRECTION_OUTPUT = 3;
export const GPIOD_LINE_VALUE_INACTIVE = 0;
export const GPIOD_LINE_VALUE_ACTIVE = 1;
export const GPIOD_LINE_BIAS_DISABLED = 3;
export const GPIOD_LINE_BIAS_PULL_UP = 4;
export const GPIOD_LINE_BIAS_PULL_DOWN = 5;
export const GPIOD_LINE_EDGE_BOTH = 4;
export const GPIOD_EDGE_EVENT_RISING_EDGE = 1;

/** Handles are opaque; no struct is passed. A `long` has as many bits as a `size_t`. */
export const GPIOD_V2 = {
  gpiod_api_version: { parameters: [], result: "pointer" },

  gpiod_chip_open: { parameters: ["buffer"], result: "pointer" },
  gpiod_chip_close: { parameters: ["pointer"], result: "void" },
  gpiod_chip_get_info: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_info_get_name: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_info_get_label: { parameters: ["pointer"], result: "pointer" },
  gpiod_chip_info_get_num_lines: { parameters: ["pointer"], result: "usize" },
  gpiod_chip_info_free: { parameters: ["pointer"], result: "void" },
  gpiod_chip_get_line_info: { parameters: ["pointer", "u32"], result: "pointer" },
  gpiod_chip_request_lines: { parameters: ["pointer", "pointer", "pointer"], result: "pointer" },

  gpiod_line_info_get_name: { parameters: ["pointer"], result: "pointer" },
  gpiod_line_info_is_used: { parameters: ["pointer"], result: "bool" },
  gpiod_line_info_get_consumer: { parameters: ["pointer"], result: "pointer" },
  gpiod_line_info_free: { parameters: ["pointer"], result: "void" },

  gpiod_line_settings_new: { parameters: [], result: "pointer" },
  gpiod_line_settings_set_direction: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_settings_set_active_low: { parameters: ["pointer", "bool"], result: "void" },
  gpiod_line_settings_set_output_value: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_settings_set_bias: { parameters: ["pointer", "i32"], result: "i32" },
  gpiod_line_settings_set_edge_detection: { parameters: ["pointer", "i32"], result: "i32" },
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

  gpiod_line_request_get_value: { parameters: ["pointer", "u32"], result: "i32" },
  gpiod_line_request_set_value: { parameters: ["pointer", "u32", "i32"], result: "i32" },
  gpiod_line_request_get_fd: { parameters: ["pointer"], result: "i32" },
  gpiod_line_request_read_edge_events: {
    parameters: ["pointer", "pointer", "usize"],
    result: "i32",
  },
  gpiod_line_request_release: { parameters: ["pointer"], result: "void" },

  gpiod_edge_event_buffer_new: { parameters: ["usize"], result: "pointer" },
  gpiod_edge_event_buffer_get_event: { parameters: ["pointer", "usize"], result: "pointer" },
  gpiod_edge_event_buffer_free: { parameters: ["pointer"], result: "void" },
  gpiod_edge_event_get_event_type: { parameters: ["pointer"], result: "i32" },
  gpiod_edge_event_get_timestamp_ns: { parameters: ["pointer"], result: "u64" },
} as const satisfies Deno.ForeignLibraryInterface;
