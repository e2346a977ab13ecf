/** The configuration of a program that sends no messages, from the text of a `config.ini`. */

import assert from "node:assert/strict";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config } from "../../../core/config/settings.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";

export function configOfIni(text: string): Config {
  const result = decodeConfig(parseConfigText(text, "config.ini"), { hostname: "tyrion" });
  assert(result.ok, JSON.stringify(result));
  return result.config;
}
