/** The channels that the configuration asks for, and who is told through them. */

import type { Route, RouteChannel } from "../../core/alerting/policy/route.ts";
import type { ChannelWord, Config } from "../../core/config/settings.ts";
import { getLog } from "../../io/log/log.ts";
import type { Channel } from "../notify/channel.ts";
import { PrintChannel } from "../notify/print.ts";
import { TwilioChannel } from "../notify/twilio.ts";
import { WebhookChannel } from "../notify/webhook.ts";
import { type Recipients, recipientsOf, type RouteMember } from "./recipients.ts";

/** Whom a printed message names when nobody is configured. */
const NOBODY = "nobody";

/** The route that takes the channels in their order. */
const IN_ORDER_ROUTE = "people";
const ESCALATION_ROUTE = "escalation";

export interface Notification {
  readonly channels: readonly Channel[];
  /** Empty where no channel is set up. */
  readonly routes: readonly Route[];
  readonly recipients: Recipients;
}

/** Somebody, and the way to reach them. */
export interface Target {
  readonly channel: Channel;
  readonly recipient: string;
}

/** A channel that is set up, with the people it reaches. */
interface Way {
  readonly channel: Channel;
  readonly to: readonly string[];
  readonly isPaid: boolean;
  readonly quiet: RouteChannel["quiet"];
}

/** `print` shows what the channel of that name would send; left out, it goes to the log. */
export function notificationOf(config: Config, print = logMessage): Notification {
  const ways = { sms: smsWay(config, print), webhook: webhookWay(config) };
  const all: readonly ChannelWord[] = config.alerts.channels.length > 0
    ? config.alerts.channels
    : ["sms", "webhook"];
  const used = all.flatMap((word) => ways[word] === undefined ? [] : [{ word, way: ways[word] }]);
  const memberships = config.alerts.send === "all"
    ? used.map(({ word, way }) => routeMember(config, word, [way]))
    : used.length > 0
    ? [routeMember(config, IN_ORDER_ROUTE, used.map(({ way }) => way))]
    : [];
  const escalation = ways.sms === undefined ? undefined : escalationOf(config, ways.sms);
  if (escalation !== undefined) memberships.push(escalation);
  const channels = new Set(used.map(({ way }) => way.channel));
  if (escalation !== undefined && ways.sms !== undefined) channels.add(ways.sms.channel);
  return {
    channels: [...channels],
    routes: memberships.map(({ route }) => route),
    recipients: recipientsOf(memberships),
  };
}

/** Everybody who is ever told, each once for each channel. */
export function targetsOf(
  { channels, routes, recipients: audience }: Notification,
): readonly Target[] {
  return channels.flatMap((channel) => {
    const recipients = routes.flatMap(({ name }) => audience.recipients(name, channel.name));
    return [...new Set(recipients)].map((recipient) => ({ channel, recipient }));
  });
}

function routeMember({ alerts }: Config, name: string, ways: readonly Way[]): RouteMember {
  const route: Route = {
    name,
    channels: ways.map((way) => routeChannel(way, alerts.perHourMax)),
    holdMs: alerts.holdMs,
    remindMs: alerts.remindMs ?? Infinity,
    skipsAcknowledged: false,
  };
  return { route, recipients: ways.map(({ to }) => to) };
}

/** Those who get an SMS when nobody takes care; `undefined` when there is nobody. */
function escalationOf(config: Config, sms: Way): RouteMember | undefined {
  const { to, afterMs } = config.escalation;
  if (to.length === 0) return undefined;
  const { route, recipients } = routeMember(config, ESCALATION_ROUTE, [{ ...sms, to }]);
  return {
    route: { ...route, holdMs: route.holdMs + afterMs, skipsAcknowledged: true },
    recipients,
  };
}

function routeChannel({ channel, to, isPaid, quiet }: Way, perHourMax: number): RouteChannel {
  return {
    name: channel.name,
    recipients: to.length,
    perHourMax: isPaid ? perHourMax : Infinity,
    quiet,
  };
}

function smsWay({ sms }: Config, print: (line: string) => void): Way | undefined {
  const { quiet } = sms;
  switch (sms.provider) {
    case "none":
      return undefined;
    case "print": {
      // It stands for one that costs something.
      const to = sms.to.length > 0 ? sms.to : [NOBODY];
      return { channel: new PrintChannel(print), to, isPaid: true, quiet };
    }
    case "twilio": {
      const channel = new TwilioChannel({
        accountSid: required(sms.accountSid, "sms", "account_sid"),
        authToken: required(sms.authToken, "sms", "auth_token"),
        sender: sms.messagingServiceSid === undefined
          ? { kind: "number", from: required(sms.from, "sms", "from") }
          : { kind: "service", messagingServiceSid: sms.messagingServiceSid },
        apiUrl: sms.apiUrl,
      });
      return { channel, to: sms.to, isPaid: true, quiet };
    }
  }
}

function webhookWay({ webhook }: Config): Way | undefined {
  const { preset, url, token, from, to, quiet } = webhook;
  if (url === undefined) return undefined;
  const channel = new WebhookChannel({
    preset,
    url,
    ...(token === undefined ? {} : { token }),
    ...(from === undefined ? {} : { from }),
  });
  // A receiver that knows by itself whom to tell is named by its preset: its address is a secret.
  const recipients = to.length > 0 ? to : [preset];
  return { channel, to: recipients, isPaid: preset === "d7", quiet };
}

function logMessage(line: string): void {
  getLog("sms").info(line);
}

/** The configuration was checked: without this key it would not have come so far. */
function required(value: string | undefined, section: string, key: string): string {
  if (value === undefined) {
    throw new Error(`[${section}] ${key} is missing in a checked configuration`);
  }
  return value;
}
