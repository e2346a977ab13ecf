/** `[webhook]`: which keys each receiver needs, and which keys have no meaning for it. */

import { oneOf, type Parser, parseSecret } from "../text/parser.ts";
import type { ConfigKeyName } from "./keys.ts";
import {
  parseAnyRecipients,
  parseBotToken,
  parseChats,
  parseRecipients,
  parseSender,
} from "./people.ts";
import { type ConfigReader, present } from "./reader.ts";
import type { Config, WebhookPreset } from "./settings.ts";
import { parseQuietHours } from "./times.ts";
import { parseWebhookUrl } from "./values.ts";

type Use = "needed" | "optional" | "meaningless";

interface PresetRules {
  /** The receiver's URL when it is the same for all users. */
  readonly url?: string;
  readonly token: Use;
  readonly parseToken?: Parser<string>;
  readonly to: Use;
  readonly parseTo?: Parser<readonly string[]>;
  readonly from: Use;
}

const PRESETS = {
  json: { token: "optional", to: "optional", from: "meaningless" },
  ntfy: { token: "optional", to: "meaningless", from: "meaningless" },
  slack: { token: "meaningless", to: "meaningless", from: "meaningless" },
  discord: { token: "meaningless", to: "meaningless", from: "meaningless" },
  telegram: {
    url: "https://api.telegram.org",
    token: "needed",
    parseToken: parseBotToken,
    to: "needed",
    parseTo: parseChats,
    from: "meaningless",
  },
  d7: {
    url: "https://api.d7networks.com",
    token: "needed",
    to: "needed",
    parseTo: parseRecipients,
    from: "needed",
  },
} as const satisfies Readonly<Record<WebhookPreset, PresetRules>>;

const PRESET_WORDS = ["json", "ntfy", "slack", "discord", "telegram", "d7"] as const;

const TOPIC_URL_PATTERN = /^https?:\/\/[^/?]+\/(?:[^?]*\/)?[A-Za-z0-9_-]{1,64}(?:\?|$)/i;

/** Keys that show, even without a URL, that a webhook is wanted. */
const HINTING_KEYS = [
  "webhook.preset",
  "webhook.token",
  "webhook.to",
  "webhook.from",
] as const satisfies readonly ConfigKeyName[];

export function decodeWebhook(reader: ConfigReader): Config["webhook"] {
  const preset = reader.withDefault("webhook.preset", oneOf(PRESET_WORDS));
  const rules: PresetRules = PRESETS[preset];
  const webhook: Config["webhook"] = {
    preset,
    ...present({
      url: urlOf(reader, rules),
      token: reader.optional("webhook.token", rules.parseToken ?? parseSecret),
      from: reader.optional("webhook.from", parseSender),
    }),
    to: reader.withDefault("webhook.to", rules.parseTo ?? parseAnyRecipients),
    quiet: reader.withDefault("webhook.quiet", parseQuietHours),
  };
  // The needs depend on the receiver, so an invalid preset cannot be checked further.
  if (!reader.isBad("webhook.preset")) {
    requireUrl(reader, webhook);
    requireTopic(reader, webhook);
    if (webhook.url !== undefined || reader.isBad("webhook.url")) checkUses(reader, preset, rules);
  }
  return webhook;
}

function urlOf(reader: ConfigReader, rules: PresetRules): string | undefined {
  const given = reader.optional("webhook.url", parseWebhookUrl);
  // A URL that is invalid or unreadable is not replaced by the default.
  return given ?? (reader.isWritten("webhook.url") ? undefined : rules.url);
}

function requireTopic(reader: ConfigReader, { preset, url }: Config["webhook"]): void {
  if (preset !== "ntfy" || url === undefined || TOPIC_URL_PATTERN.test(url)) return;
  reader.report("webhook.url", "the topic at the end of ntfy's address", "none");
}

function requireUrl(reader: ConfigReader, { preset, url }: Config["webhook"]): void {
  if (url !== undefined || reader.isBad("webhook.url")) return;
  const because = HINTING_KEYS.find((name) => reader.isWritten(name));
  if (because === undefined) return;
  reader.report("webhook.url", `an address, because the preset is ${preset}`, "none", because);
}

function checkUses(reader: ConfigReader, preset: WebhookPreset, rules: PresetRules): void {
  const uses = [
    ["webhook.token", rules.token],
    ["webhook.to", rules.to],
    ["webhook.from", rules.from],
  ] as const;
  for (const [name, use] of uses) {
    const isWritten = reader.isWritten(name);
    if (use === "needed" && !isWritten) {
      reader.report(name, `a value, because the preset is ${preset}`, "none", "webhook.preset");
    } else if (use === "meaningless" && isWritten && !reader.isBad(name)) {
      reader.report(name, `none, because it has no meaning for ${preset}`, "one");
    }
  }
}
