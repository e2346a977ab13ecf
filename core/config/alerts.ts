/**
 * The sections of `config.ini` about alerts, SMS and escalation, and the check of their channels.
 */

import {
  bad,
  durationBetween,
  good,
  listOf,
  oneOf,
  type Parsed,
  type Parser,
  parseSecret,
  wholeNumberBetween,
} from "../text/parser.ts";
import type { ConfigKeyName } from "./keys.ts";
import { parseRecipients, parseSender, twilioSid } from "./people.ts";
import { type ConfigReader, present } from "./reader.ts";
import type { ChannelWord, Config } from "./settings.ts";
import { orOff, parseQuietHours, parseWeeklyTime } from "./times.ts";
import { parseApiUrl } from "./values.ts";

const WAIT_MS_MAX = 3_600_000;
const DAY_MS = 86_400_000;
const PER_HOUR_MAX = 1000;
/** A shorter interval would flood people with reminders. */
const REMIND_MS_MIN = 10_000;
const FLAP_WINDOW_MS_MIN = 1000;
/** A single death does not flap. */
const FLAP_DEATHS_MIN = 2;
const FLAP_DEATHS_MAX = 20;

const CHANNEL_WORDS = ["sms", "webhook"] as const satisfies readonly ChannelWord[];

export function decodeAlerts(reader: ConfigReader): Config["alerts"] {
  return {
    groupMs: reader.withDefault("alerts.group", durationBetween(0, WAIT_MS_MAX)),
    holdMs: reader.withDefault("alerts.hold", durationBetween(0, WAIT_MS_MAX)),
    perHourMax: reader.withDefault("alerts.per_hour", wholeNumberBetween(1, PER_HOUR_MAX)),
    channels: reader.withDefault("alerts.channels", parseChannels),
    send: reader.withDefault("alerts.send", oneOf(["all", "in_order"])),
    remindMs: reader.withDefault("alerts.remind", orOff(durationBetween(REMIND_MS_MIN, DAY_MS))),
    flapDeaths: reader.withDefault("alerts.flap", parseFlapDeaths),
    flapWindowMs: reader.withDefault(
      "alerts.flap_window",
      durationBetween(FLAP_WINDOW_MS_MIN, DAY_MS),
    ),
    blindAfterMs: reader.withDefault("alerts.blind_after", durationBetween(0, WAIT_MS_MAX)),
    selfTest: reader.withDefault("alerts.self_test", parseWeeklyTime),
  };
}

const parseChannels: Parser<readonly ChannelWord[]> = listOf(
  oneOf(CHANNEL_WORDS),
  CHANNEL_WORDS.length,
);

function parseFlapDeaths(text: string): Parsed<number> {
  if (text === "0") return good(0);
  const deaths = wholeNumberBetween(FLAP_DEATHS_MIN, FLAP_DEATHS_MAX)(text);
  return deaths.ok ? deaths : bad(`${deaths.expected}, or 0 for never`);
}

export function decodeSms(reader: ConfigReader): Config["sms"] {
  const sms: Config["sms"] = {
    provider: reader.withDefault("sms.provider", oneOf(["none", "twilio", "print"])),
    ...present({
      accountSid: reader.optional("sms.account_sid", twilioSid("AC")),
      authToken: reader.given("sms.auth_token", parseSecret),
      from: reader.optional("sms.from", parseSender),
      messagingServiceSid: reader.optional("sms.messaging_service_sid", twilioSid("MG")),
    }),
    to: reader.withDefault("sms.to", parseRecipients),
    apiUrl: reader.withDefault("sms.api_url", parseApiUrl),
    quiet: reader.withDefault("sms.quiet", parseQuietHours),
  };
  if (sms.provider === "twilio") requireTwilioKeys(reader);
  return sms;
}

/**
 * Checks which keys are written, not which are valid: an invalid value has its own issue already.
 */
function requireTwilioKeys(reader: ConfigReader): void {
  const has = (name: ConfigKeyName) => reader.isWritten(name);
  for (const name of ["sms.account_sid", "sms.auth_token", "sms.to"] as const) {
    // The reader has already reported an empty token.
    if (has(name) || name === "sms.auth_token" && reader.entry(name)) continue;
    reader.report(name, "a value, because the provider is twilio", "none", "sms.provider");
  }
  const [from, service] = [has("sms.from"), has("sms.messaging_service_sid")];
  if (from && service) {
    reader.report("sms.from", "either from or messaging_service_sid", "both");
  } else if (!from && !service) {
    reader.report(
      "sms.from",
      "a sender, or a messaging_service_sid, because the provider is twilio",
      "none",
      "sms.provider",
    );
  }
}

export function decodeEscalation(reader: ConfigReader): Config["escalation"] {
  return {
    to: reader.withDefault("escalation.to", parseRecipients),
    afterMs: reader.withDefault("escalation.after", durationBetween(0, DAY_MS)),
  };
}

/** Reports channels that are asked for but not set up, because they could notify nobody. */
export function checkChannels(
  reader: ConfigReader,
  { alerts, sms, webhook, escalation }: Pick<Config, "alerts" | "sms" | "webhook" | "escalation">,
): void {
  const hasSms = sms.provider !== "none" || reader.isBad("sms.provider");
  if (alerts.channels.includes("sms") && !hasSms) {
    reader.report("alerts.channels", "only what is set up", "sms without [sms] provider");
  }
  const hasWebhook = webhook.url !== undefined || reader.isBad("webhook.url", "webhook.preset");
  if (alerts.channels.includes("webhook") && !hasWebhook) {
    reader.report("alerts.channels", "only what is set up", "webhook without [webhook] url");
  }
  if (escalation.to.length > 0 && !hasSms) {
    reader.report("escalation.to", "an SMS provider beside it", "no [sms] provider");
  }
}
