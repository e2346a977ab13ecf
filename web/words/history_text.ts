/** Incidents and deliveries in plain words. */

import type { DeliveryState, DeliveryView, IncidentView } from "../../core/feed.ts";
import { lengthText } from "./age.ts";
import { shownName } from "./shown_name.ts";

/** The channel that sends nothing. */
const PRINT = "print";

/** How an incident was noticed. */
export function causeText(cause: string): string {
  switch (cause) {
    case "silence":
      return "no sign of life";
    case "last_will":
      return "the broker lost its connection";
    case "not_heard":
      return "never heard since the hub started";
    default:
      return cause;
  }
}

/** Who or what an incident is about. */
export function subjectText({ kind, node, name, cause }: IncidentView): string {
  switch (kind) {
    case "broker":
      return "The broker";
    case "uplink":
      return providerText(name);
    case "common":
      // Without a group its name says how many already.
      return name === cause ? name : `Several Pis of ${name}`;
    case "node":
    case "flapping":
    case "reboot":
      return shownName({ id: node, name });
  }
}

/** What was, or is, wrong with it; how long follows. */
export function whatText({ kind, recovered_at, changes }: IncidentView): string {
  const isOver = recovered_at !== null;
  switch (kind) {
    case "node":
      return isOver ? "was down" : "has been down";
    case "flapping":
      return isOver ? `was flapping (${changes} changes)` : "has been flapping";
    case "reboot":
      return "came back after an unexpected reboot";
    case "broker":
    case "uplink":
      return isOver ? "could not be reached" : "cannot be reached";
    case "common":
      return isOver ? "were down" : "have been down";
  }
}

/** How long a node was down: `2 min 52 s`; `nowMs` (the hub's time) ends an incident that goes on. */
export function incidentLength(incident: IncidentView, nowMs: number): string {
  const endMs = incident.recovered_at === null ? nowMs : Date.parse(incident.recovered_at);
  return lengthText(endMs - Date.parse(incident.died_at));
}

/** What became of a message. */
export function deliveryText(delivery: DeliveryView): string {
  const again = delivery.attempts > 0;
  const words: Readonly<Record<DeliveryState, string>> = {
    pending: again ? "not sent yet, will be tried again" : "waiting to be sent",
    accepted: delivery.channel === PRINT ? "printed" : "accepted by the provider",
    delivered: "delivered",
    refused: delivery.reference === null ? "refused" : "not delivered",
    expired: "sent, but nobody knows whether it arrived",
    merged: "told in another message",
  };
  return words[delivery.state];
}

/** `3 attempts`; one that went well is not worth a word. */
export function attemptsText(delivery: DeliveryView): string | undefined {
  const well = delivery.state === "accepted" || delivery.state === "delivered" ||
    delivery.state === "expired";
  if (delivery.attempts === 0 || (delivery.attempts === 1 && well)) return undefined;
  return delivery.attempts === 1 ? "1 attempt" : `${delivery.attempts} attempts`;
}

/** Which way a message takes to whom. */
export function routeText(channel: string, recipient: string): string {
  if (recipient === "") return channelText(channel);
  return `${channelText(channel)} ${channel === PRINT ? "for" : "to"} ${recipient}`;
}

function channelText(channel: string): string {
  switch (channel) {
    case "sms":
    case "twilio":
      return "SMS";
    case PRINT:
      return "Printed to the log";
    default:
      return channel;
  }
}

/** Who carries the messages of a channel. */
function providerText(channel: string): string {
  switch (channel) {
    case "twilio":
      return "Twilio";
    case "webhook":
      return "The webhook";
    default:
      return channel;
  }
}
