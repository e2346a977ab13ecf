/** Incidents and deliveries in plain words. */

import type { DeliveryView } from "../../core/api/delivery_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { pieces, text } from "../texts/texts.ts";
import { lengthText } from "./age.ts";
import { incidentSince } from "./down_since.ts";
import { commonSubject } from "./cause_text.ts";
import { providerText } from "./provider_text.ts";
import { shownName } from "./shown_name.ts";

/** The channel that sends nothing. */
const PRINT = "print";

/** The subject of an incident. */
export function subjectText({ kind, node, name, reason }: IncidentView): string {
  switch (kind) {
    case "broker":
      return text("history.broker");
    case "network":
      return text("history.network_of_hub");
    case "hub":
      return hubFaultText(name);
    case "uplink":
      return providerText(name);
    case "common":
      return commonSubject(name, reason);
    case "node":
    case "flapping":
    case "reboot":
    case "vital":
      return shownName({ id: node, name });
  }
}

/** The faulty part of the hub. */
function hubFaultText(fault: string): string {
  if (fault === "messages_dropped") return text("history.queue_of_broker");
  if (fault === "nodes_unseen") return text("history.unseen_nodes");
  if (fault === "second_hub") return text("history.second_hub");
  if (fault === "checkpoint_not_written") return text("history.checkpoint_of_hub");
  return text(fault.startsWith("history_") ? "history.history_of_hub" : "history.hub");
}

/** The sentence of an incident about `who`: `John Snow was down for 2 min`. */
export function incidentPieces<Value>(
  { kind, recovered_at, changes, reason }: IncidentView,
  { who, length }: { readonly who: Value; readonly length: Value },
): readonly (string | Value)[] {
  const isOver = recovered_at !== null;
  switch (kind) {
    case "node":
      return pieces(isOver ? "history.nodeWas" : "history.nodeIs", { who, length });
    case "flapping":
      return isOver
        ? pieces("history.flappingWas", { who, changes, length })
        : pieces("history.flappingIs", { who, length });
    case "reboot":
      return pieces("history.reboot", { who });
    case "broker":
      return pieces(isOver ? "history.unreachableWas" : "history.unreachableIs", { who, length });
    case "vital":
      if (reason === "key_expires" || reason === "key_expired") {
        return pieces(isOver ? "history.wayWas" : "history.wayIs", { who, length });
      }
      return pieces(isOver ? "history.faultWas" : "history.faultIs", { who, length });
    case "network":
    case "hub":
      return pieces(isOver ? "history.faultWas" : "history.faultIs", { who, length });
    case "uplink":
      return pieces(isOver ? "history.providerWas" : "history.providerIs", { who, length });
    case "common":
      return pieces(isOver ? "history.commonWas" : "history.commonIs", { who, length });
  }
}

/** How long a node was down: `2 min 52 s`; for an open incident until `nowMs` (the hub's time). */
export function incidentLength(incident: IncidentView, nowMs: number): string {
  const endMs = incident.recovered_at === null ? nowMs : Date.parse(incident.recovered_at);
  return lengthText(endMs - Date.parse(incidentSince(incident)));
}

/** The state of a message. */
export function deliveryText(delivery: DeliveryView): string {
  switch (delivery.state) {
    case "pending":
      return text(delivery.attempts > 0 ? "history.waitingAgain" : "history.waiting");
    case "accepted":
      return text(delivery.channel === PRINT ? "history.printed" : "history.accepted");
    case "delivered":
      return text("history.delivered");
    case "refused":
      return text(delivery.reference === null ? "history.refused" : "history.notDelivered");
    case "expired":
      return text("history.expired");
    case "merged":
      return text("history.merged");
  }
}

/** `3 attempts`; `undefined` for a message that needed only one. */
export function attemptsText(delivery: DeliveryView): string | undefined {
  const well = delivery.state === "accepted" || delivery.state === "delivered" ||
    delivery.state === "expired";
  if (delivery.attempts === 0 || (delivery.attempts === 1 && well)) return undefined;
  return text("history.attempts", { count: delivery.attempts });
}

/** The channel and recipient of a message. */
export function routeText(channel: string, recipient: string): string {
  const words = channelText(channel);
  if (recipient === "") return words;
  const key = channel === PRINT ? "history.routeFor" : "history.routeTo";
  return text(key, { channel: words, recipient });
}

function channelText(channel: string): string {
  switch (channel) {
    case "sms":
    case "twilio":
      return text("history.sms");
    case PRINT:
      return text("history.log");
    default:
      return channel;
  }
}
