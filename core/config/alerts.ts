/**
 * The sections of `config.ini` about alerts, SMS and escalation, and the check of their channels.
 */

import { checkNeeds } from "./check_needs.ts";
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
import { closest } from "../text/spelling.ts";
import type { ChannelKey } from "./keys.ts";
import type { ChannelKind } from "./needs.ts";
import { parseRecipients, parseSender, twilioSid } from "./value/people.ts";
import { type ConfigReader, present } from "./reader.ts";
import type { Config } from "./settings.ts";
import { orOff, parseQuietHours, parseWeeklyTime } from "./value/times.ts";
import { parseApiUrl } from "./values.ts";

const SMS_KEYS = ["account_sid", "auth_token", "to"] as const satisfies readonly ChannelKey[];

const WAIT_MS_MAX = 3_600_000;
const DAY_MS = 86_400_000;
const PER_HOUR_MAX = 1000;
/** A shorter interval would flood people with reminders. */
const REMIND_MS_MIN = 10_000;
const FLAP_WINDOW_MS_MIN = 1000;
/** A single death does not flap. */
const FLAP_DEATHS_MIN = 2;
const FLAP_DEATHS_MAX = 20;

/** No cluster needs more channels. */
const CHANNELS_MAX = 20;

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

/** Whether they are set up is only known after all sections are read. */
const parseChannels: Parser<readonly string[]> = listOf(
  (text) => /^[a-z0-9-]+$/i.test(text) ? good(text.toLowerCase()) : bad("names of channels"),
  CHANNELS_MAX,
);

function parseFlapDeaths(text: string): Parsed<number> {
  if (text === "0") return good(0);
  const deaths = wholeNumberBetween(FLAP_DEATHS_MIN, FLAP_DEATHS_MAX)(text);
  return deaths.ok ? deaths : bad(`${deaths.expected}, or 0 for never`);
}

export function decodeSms(
  reader: ConfigReader,
  kinds: readonly ChannelKind[],
): Config["sms"] {
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
  const kind = kinds.find((one) => one.kind === sms.provider);
  if (kind) checkNeeds(reader, kind, { section: "sms", because: "provider" }, SMS_KEYS);
  return sms;
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
  const hasWebhook = webhook.url !== undefined || reader.isBad("webhook.url", "webhook.preset");
  for (const name of alerts.channels) {
    const without = name === "sms"
      ? hasSms ? undefined : "sms without [sms] provider"
      : name === "webhook"
      ? hasWebhook ? undefined : "webhook without [webhook] url"
      : reader.channels.includes(name)
      ? undefined
      : `${name} without [channel ${name}]${hintOf(name, reader.channels)}`;
    if (without !== undefined) {
      reader.report("alerts.channels", "only what is set up", without);
    }
  }
  if (escalation.to.length > 0 && !hasSms) {
    reader.report("escalation.to", "an SMS provider beside it", "no [sms] provider");
  }
}

function hintOf(name: string, channels: readonly string[]): string {
  const hint = closest(name, ["sms", "webhook", ...channels]);
  return hint === undefined ? "" : ` (did you mean ${hint}?)`;
}
