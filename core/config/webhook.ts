/** `[webhook]`: one channel whose kind is its preset. */

import { checkNeeds } from "./check_needs.ts";
import { oneOf, type Parser, parseSecret } from "../text/parser.ts";
import type { ChannelKey, ConfigKeyName } from "./keys.ts";
import type { ChannelKind, Need } from "./needs.ts";
import { parseAnyRecipients, parseSender } from "./value/people.ts";
import { type ConfigReader, present } from "./reader.ts";
import type { Config } from "./settings.ts";
import { parseQuietHours } from "./value/times.ts";
import { parseWebhookUrl } from "./values.ts";

const PRESET_WORDS = ["json", "ntfy", "slack", "discord", "telegram", "d7"] as const;

/**
 * The URL is not among them, because it is needed only if a webhook is wanted, which is checked
 * separately.
 */
const KEYS = ["token", "to", "from"] as const satisfies readonly ChannelKey[];

/** Keys that show, even without a URL, that a webhook is wanted. */
const HINTING_KEYS = [
  "webhook.preset",
  "webhook.token",
  "webhook.to",
  "webhook.from",
] as const satisfies readonly ConfigKeyName[];

export function decodeWebhook(
  reader: ConfigReader,
  kinds: readonly ChannelKind[],
): Config["webhook"] {
  const preset = reader.withDefault("webhook.preset", oneOf(PRESET_WORDS));
  const kind = kinds.find((one) => one.kind === preset);
  const parser = <T>(need: Need | undefined, otherwise: Parser<T>): Parser<T> =>
    // All receivers' keys of that name have the same type.
    need === undefined ? otherwise : need.parse as Parser<T>;
  const needs = kind?.needs;
  const webhook: Config["webhook"] = {
    preset,
    ...present({
      url: urlOf(reader, needs?.url, parser(needs?.url, parseWebhookUrl)),
      token: reader.optional("webhook.token", parser(needs?.token, parseSecret)),
      from: reader.optional("webhook.from", parser(needs?.from, parseSender)),
    }),
    to: reader.optional("webhook.to", parser(needs?.to, parseAnyRecipients)) ?? [],
    quiet: reader.withDefault("webhook.quiet", parseQuietHours),
  };
  // The needs depend on the receiver, so an invalid preset cannot be checked further.
  if (kind !== undefined && !reader.isBad("webhook.preset")) {
    requireUrl(reader, webhook);
    if (webhook.url !== undefined || reader.isBad("webhook.url")) {
      checkNeeds(reader, kind, { section: "webhook", because: "preset" }, KEYS);
    }
  }
  return webhook;
}

function urlOf(
  reader: ConfigReader,
  need: Need | undefined,
  parse: Parser<string>,
): string | undefined {
  const given = reader.optional("webhook.url", parse);
  if (given !== undefined || need?.use !== "defaulted") return given;
  // A URL that is invalid or unreadable is not replaced by the default.
  return reader.isWritten("webhook.url") ? undefined : need.fallback;
}

function requireUrl(reader: ConfigReader, { preset, url }: Config["webhook"]): void {
  if (url !== undefined || reader.isBad("webhook.url")) return;
  const because = HINTING_KEYS.find((name) => reader.isWritten(name));
  if (because === undefined) return;
  reader.report("webhook.url", `an address, because the preset is ${preset}`, "none", because);
}
