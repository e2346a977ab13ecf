/** `[watchdog]`: somebody outside of the house whom the hub pings. */

import { durationBetween, good, type Parsed } from "../text/parser.ts";
import { type ConfigReader, present } from "./reader.ts";
import type { Config } from "./settings.ts";
import { parseWebhookUrl } from "./values.ts";

/** Pings that are more frequent would only load the watcher. */
const EVERY_MS_MIN = 10_000;
const EVERY_MS_MAX = 3_600_000;

/** The value of `fail_url` for a watcher that only knows silence. */
export const NO_FAIL_URL = "none";

export function decodeWatchdog(reader: ConfigReader): Config["watchdog"] {
  const url = reader.optional("watchdog.url", parseWebhookUrl);
  const failUrl = reader.optional("watchdog.fail_url", parseFailUrl);
  if (failUrl !== undefined && !reader.isWritten("watchdog.url")) {
    reader.report("watchdog.url", "a URL beside fail_url", "none", "watchdog.fail_url");
  }
  return {
    ...present({ url, failUrl }),
    everyMs: reader.withDefault("watchdog.every", durationBetween(EVERY_MS_MIN, EVERY_MS_MAX)),
  };
}

function parseFailUrl(text: string): Parsed<string> {
  if (text.toLowerCase() === NO_FAIL_URL) return good(NO_FAIL_URL);
  const url = parseWebhookUrl(text);
  return url.ok ? url : { ...url, expected: `${url.expected}, or ${NO_FAIL_URL}` };
}
