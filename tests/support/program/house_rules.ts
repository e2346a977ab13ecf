/** Who may import whom, and in which order the rooms stand. `tests/tidy_test.ts` holds the code to it. */

/**
 * Who may import whom: ours by folder or file, foreign by the name in the import map. What stands
 * for a file itself comes before what stands for its folder. Everyone may import its own folder.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  "agent.ts": ["core/", "io/", "vitals/", "node:"],
  "tracker.ts": ["core/", "io/", "ffi/", "tracker/", "vitals/boot_id.ts", "node:"],
  // What only the tracker does.
  "tracker/": ["core/", "io/", "ffi/", "node:"],
  "core/": ["valibot", "fastest-levenshtein", "ipaddr.js"],
  "ffi/": [],
  "vitals/": ["io/program/process.ts", "node:"],
  "io/": ["core/", "mqtt", "js-ini", "@logtape/logtape", "commander", "node:"],
  // What the API answers, and the codes that it is written in.
  "web/": [
    ...["core/api/", "core/history/history.ts", "core/detection/liveness.ts"],
    ...["core/alerting/notification.ts", "core/text/plain_text.ts", "core/protocol/vitals.ts"],
    ...["preact", "@preact/signals", "@tanstack/virtual-core", "uplot"],
  ],
  "hub/": [
    ...["core/", "io/", "vitals/boot_id.ts", "vitals/leave.ts", "vitals/open_files.ts"],
    ...[
      "hono",
      "aedes",
      "twilio",
      "nodemailer",
      "prom-client",
      "valibot",
      "@valibot/to-json-schema",
      "node:",
    ],
  ],
  "scripts/": ["core/", "ffi/library.ts", "esbuild", "playwright-core", "node:"],
};

/** These may import anything but a program. */
export const FREE = ["tests/", "bench/"];

/** Nobody imports a program: it is started. */
export const PROGRAMS = ["agent.ts", "tracker.ts", "hub/main.ts"];

/** Foreign names live in one place each, beside tests and benches. */
export const HOMES: Readonly<Record<string, RegExp>> = {
  "mqtt": /^io\/mqtt\/mqtt_session\.ts$/,
  "js-ini": /^io\/config\/config_text\.ts$/,
  "@logtape/logtape": /^io\/log\//,
  "commander": /^io\/program\//,
  "aedes": /^hub\/broker\/aedes\.ts$/,
  "hono": /^hub\/(front\/app\.ts|http\/.*)$/,
  "node:sqlite": /^hub\/store\//,
  "prom-client": /^hub\/live\/metrics\.ts$/,
  "@tanstack/virtual-core": /^web\/list\/long_list\.tsx$/,
  "uplot": /^web\/charts\/plot\.ts$/,
  "twilio": /^hub\/notify\/twilio_channel\.ts$/,
  "nodemailer": /^hub\/notify\/(email\.ts|smtp\/.*)$/,
  "valibot": /^(core|hub\/http)\//,
  "@valibot/to-json-schema": /^hub\/http\/api\/document\.ts$/,
  "ipaddr.js": /^core\/network\/address\.ts$/,
  "fastest-levenshtein": /^core\/text\/spelling\.ts$/,
  "playwright-core": /^scripts\/screenshots\.ts$/,
  "esbuild": /^scripts\/(bundle|node_timers)\.ts$/,
};

/**
 * The rooms of each house, from the foundation up: a file imports from its own room and from those
 * before it. So no arrow runs back, and no room needs one that needs it.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [
    "core",
    "core/structures",
    "core/text",
    "core/network",
    "core/protocol",
    "core/config",
    "core/detection",
    "core/limits",
    "core/doctor",
    "core/history",
    "core/alerting",
    "core/alerting/message",
    "core/alerting/policy",
    "core/alarm",
    "core/api",
  ],
  io: [
    "io/time",
    "io",
    "io/log",
    "io/files",
    "io/storage",
    "io/config",
    "io/program",
    "io/connection",
    "io/output",
    "io/mqtt",
    "io/network",
  ],
  tracker: ["tracker", "tracker/doctor"],
  hub: [
    "hub/listen",
    "hub/notify/http",
    "hub/notify/smtp",
    "hub/notify",
    "hub/store/database",
    "hub/store",
    "hub/host",
    "hub/alarm",
    "hub/live",
    "hub/credentials",
    "hub/http",
    "hub/http/schema",
    "hub/http/api",
    "hub/delivery",
    "hub/history",
    "hub/actions",
    "hub/broker",
    "hub/commands",
    "hub/http/routes",
    "hub/front",
    "hub",
  ],
  web: [
    "web/routing",
    "web/texts",
    "web/words",
    "web/status",
    "web/live",
    "web/parts",
    "web/device",
    "web/history",
    "web/login",
    "web/refused",
    "web/availability",
    "web/shell",
    "web/add_page",
    "web/alarm_page",
    "web/charts",
    "web/incidents_page",
    "web/list",
    "web/sessions_page",
    "web/verdict",
    "web/node_page",
    "web/home",
    "web",
  ],
};

/** A folder is one idea: with more files it is several. */
export const FILES_MAX = 24;
