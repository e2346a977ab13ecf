/** The channels of the configuration, and the people that they notify. */

import type { Route, RouteChannel } from "../../core/alerting/incident/route.ts";
import type { Config } from "../../core/config/settings.ts";
import { getLog } from "../../io/log/log.ts";
import type { Channel } from "../notify/channel/channel.ts";
import { PrintChannel } from "../notify/print.ts";
import { receiverOf } from "../notify/receivers.ts";
import { type ConfiguredChannel, configuredChannels } from "./configured_channels.ts";
import { type Recipients, recipientsOf, type RouteMember } from "./recipients.ts";

/** The recipient of a printed message when nobody is configured. */
const NOBODY = "nobody";

/** The route that uses the channels in their order. */
const IN_ORDER_ROUTE = "people";
const ESCALATION_ROUTE = "escalation";

export interface Notification {
  readonly channels: readonly Channel[];
  /** Empty if no channel is set up. */
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
  /** Its name in `[alerts] channels`. */
  readonly word: string;
  readonly channel: Channel;
  readonly to: readonly string[];
  readonly isPaid: boolean;
  readonly quiet: RouteChannel["quiet"];
}

/** `print` shows what the channel of that name would send. Default: the log. */
export function notificationOf(config: Config, print = logMessage): Notification {
  const all = [
    ...printWay(config, print),
    ...configuredChannels(config).map((one) => wayOf(one, config.hub.publicAddress)),
  ];
  const wayFor = (word: string) => all.find((way) => way.word === word);
  const words = config.alerts.channels;
  const used = words.length > 0 ? words.flatMap((word) => wayFor(word) ?? []) : all;
  const memberships = config.alerts.send === "all"
    ? used.map((way) => routeMember(config, way.word, [way]))
    : used.length > 0
    ? [routeMember(config, IN_ORDER_ROUTE, used)]
    : [];
  const sms = wayFor("sms");
  const escalation = sms && escalationOf(config, sms);
  if (escalation !== undefined) memberships.push(escalation);
  const channels = new Set(used.map(({ channel }) => channel));
  if (escalation !== undefined && sms !== undefined) channels.add(sms.channel);
  return {
    channels: [...channels],
    routes: memberships.map(({ route }) => route),
    recipients: recipientsOf(memberships),
  };
}

/** Everybody who can be notified, once for each channel. */
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

/** The people of the escalation; `undefined` if there are none. */
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

/** It replaces an SMS, which costs money. */
function printWay({ sms }: Config, print: (line: string) => void): readonly Way[] {
  if (sms.provider !== "print") return [];
  const to = sms.to.length > 0 ? sms.to : [NOBODY];
  const channel = new PrintChannel(print);
  return [{ word: "sms", channel, to, isPaid: true, quiet: sms.quiet }];
}

function wayOf(
  { word, kind, values, quiet, name, section }: ConfiguredChannel,
  link: string | undefined,
): Way {
  const receiver = receiverOf(kind);
  const place = { name, section, ...(link === undefined ? {} : { link }) };
  const channel = receiver.open(values, place);
  return { word, channel, to: receiver.recipients(values), isPaid: receiver.isPaid, quiet };
}

function logMessage(line: string): void {
  getLog("sms").info(line);
}
