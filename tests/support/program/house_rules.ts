/** Which folders may import which, and the order of the rooms. `tests/tidy_test.ts` checks them. */

/**
 * Who may import whom: our own code by folder or file, packages by their name in the import map. An
 * entry for a file takes precedence over one for its folder. Every folder may import itself.
 */
export const IMPORT_TABLE: Readonly<Record<string, readonly string[]>> = {
  "agent.ts": ["core/", "io/", "vitals/", "agent/", "node:"],
  "tracker.ts": ["core/", "io/", "ffi/", "tracker/", "vitals/boot_id.ts", "node:"],
  // It starts one of the two.
  "agent_or_tracker.ts": ["node:"],
  // Code that only the agent uses.
  "agent/": ["core/", "io/", "vitals/", "node:"],
  // Code that only the tracker uses.
  "tracker/": ["core/", "io/", "ffi/", "node:"],
  // It stands in for Deno in bundles, and nothing imports it.
  "node/": ["node:"],
  "core/": ["valibot", "fastest-levenshtein", "ipaddr.js"],
  "ffi/": [],
  "vitals/": ["io/program/process.ts", "node:"],
  "io/": ["core/", "mqtt", "js-ini", "@logtape/logtape", "commander", "node:"],
  // The types and codes of the API.
  "web/": [
    ...["core/api/", "core/history/history.ts", "core/detection/liveness.ts"],
    ...["core/alerting/notification.ts", "core/text/plain_text.ts", "core/protocol/vitals.ts"],
    ...["core/protocol/ways.ts"],
    ...["preact", "@preact/signals", "@tanstack/virtual-core", "uplot"],
  ],
  "hub/": [
    ...["core/", "io/", "vitals/boot_id.ts", "vitals/leave.ts", "vitals/open_files.ts"],
    "vitals/machine_files.ts",
    ...[
      "hono",
      "aedes",
      "twilio",
      "nodemailer",
      "@peculiar/x509",
      "reflect-metadata",
      "prom-client",
      "valibot",
      "@valibot/to-json-schema",
      "age-encryption",
      "node:",
    ],
  ],
  "scripts/": [
    // The versions of packages.
    "deno.json",
    "core/",
    "io/files/atomic_file.ts",
    "ffi/library.ts",
    // The latest format of the database, which a package states.
    "hub/store/database/schema.ts",
    // Manual pages are made of the command lines.
    "agent/commands/command_line.ts",
    "tracker/commands/command_line.ts",
    "hub/command_line.ts",
    "io/program/manual_page.ts",
    "esbuild",
    "node-api-headers",
    "playwright-core",
    "node:",
  ],
};

/** These may import anything except a program. */
export const FREE = ["tests/", "bench/"];

/** Nobody imports a program or a worker; it is only started. */
export const PROGRAMS = [
  "agent.ts",
  "tracker.ts",
  "agent_or_tracker.ts",
  "hub/main.ts",
  "hub/store_worker.ts",
];

/** Each package is imported in one place, except in tests and benches. */
export const HOMES: Readonly<Record<string, RegExp>> = {
  "mqtt": /^io\/mqtt\/mqtt_session\.ts$/,
  "js-ini": /^io\/config\/config_text\.ts$/,
  "@logtape/logtape": /^io\/log\//,
  "commander": /^io\/program\//,
  "aedes": /^hub\/broker\/aedes\.ts$/,
  "hono": /^hub\/(front\/app\.ts|http\/.*)$/,
  "node:sqlite": /^hub\/store\//,
  "prom-client": /^hub\/live\/(?:node_)?metrics\.ts$/,
  "@tanstack/virtual-core": /^web\/list\/long_list\.tsx$/,
  "uplot": /^web\/charts\/plot\.ts$/,
  "twilio": /^hub\/notify\/twilio\/exchange\.ts$/,
  "@peculiar/x509": /^hub\/tls\/new_certificates\.ts$/,
  "reflect-metadata": /^hub\/tls\/new_certificates\.ts$/,
  "nodemailer": /^hub\/notify\/(email\.ts|smtp\/.*)$/,
  "valibot": /^(core|hub\/http)\//,
  "@valibot/to-json-schema": /^hub\/http\/api\/document\.ts$/,
  "age-encryption": /^hub\/backup\/encryption\.ts$/,
  "ipaddr.js": /^core\/network\/address\.ts$/,
  "fastest-levenshtein": /^core\/text\/spelling\.ts$/,
  "playwright-core": /^scripts\/screenshots\.ts$/,
  "node-api-headers": /^scripts\/debian\/syscalls_addon\.ts$/,
  "esbuild": /^scripts\/(bundle|bundle_node|node_timers)\.ts$/,
};

/**
 * The rooms of each top folder, from the foundation up: a file imports only from its own room and
 * from rooms before it. So there are no circles.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  core: [
    "core",
    "core/structures",
    "core/text",
    "core/network",
    "core/protocol",
    "core/update",
    "core/config/value",
    "core/config",
    "core/detection",
    "core/detection/broker",
    "core/limits",
    "core/history",
    "core/alerting",
    "core/alerting/message",
    "core/alerting/incident",
    "core/alerting/policy",
    "core/watchdog",
    "core/alarm",
    "core/api",
    "core/doctor",
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
    "io/doctor",
  ],
  agent: ["agent/update", "agent/doctor", "agent/commands"],
  tracker: ["tracker", "tracker/doctor", "tracker/commands"],
  node: ["node/polyfill", "node/syscalls", "node"],
  hub: [
    "hub/listen",
    "hub/notify/http",
    "hub/notify/smtp",
    "hub/notify/channel",
    "hub/notify/twilio",
    "hub/notify",
    "hub/store/database",
    "hub/store/history",
    "hub/store/outbox",
    "hub/store/worker",
    "hub/store",
    "hub/host",
    "hub/tls",
    "hub/alarm",
    "hub/live",
    "hub/watchdog",
    "hub/credentials",
    "hub/dynamic_security",
    "hub/checkpoint",
    "hub/backup",
    "hub/http",
    "hub/http/schema",
    "hub/http/api",
    "hub/delivery",
    "hub/history",
    "hub/actions",
    "hub/join",
    "hub/update",
    "hub/broker",
    "hub/commands",
    "hub/doctor",
    "hub/http/routes",
    "hub/front",
    "hub",
  ],
  web: [
    "web/routing",
    "web/language",
    "web/texts/further",
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
    "web/upgrade",
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

/** A folder with more files holds more than one idea. */
export const FILES_MAX = 24;
