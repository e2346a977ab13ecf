/** Schemas of incidents and of notifications. */

import * as v from "valibot";
import { CAUSE_CODES } from "../../../core/alerting/cause.ts";
import {
  providerFailure,
  providerFailureEntries,
} from "../../../core/alerting/provider_failure.ts";
import type { DeliveryView, ProviderFailure } from "../../../core/api/delivery_view.ts";
import {
  INCIDENT_KINDS,
  type IncidentReason,
  type IncidentView,
} from "../../../core/api/incident_view.ts";
import { exactly } from "./exactly.ts";
import { instant, instantOrNull, nodeId, textOrNull, wholeNumber } from "./values.ts";

export const reason = exactly<IncidentReason>()(v.pipe(
  v.union([
    v.picklist(CAUSE_CODES),
    v.pipe(
      v.object({ kind: v.literal("provider"), ...providerFailureEntries }),
      v.description(
        "A provider takes no messages. status: of its HTTP answer; error: its own code; said: its own words.",
      ),
    ),
    v.pipe(
      v.object({
        kind: v.literal("common"),
        group: v.optional(v.string()),
        count: v.number(),
        of: v.number(),
      }),
      v.description("Several nodes died at once: how many, of how many that lived."),
    ),
    v.pipe(
      v.object({ kind: v.literal("other"), text: v.string() }),
      v.description("What another version wrote."),
    ),
    v.pipe(v.object({ kind: v.literal("hidden") }), v.description("Kept from guests.")),
  ]),
  v.description(
    "Why an incident began: a code, or an object where numbers and names belong to it.",
  ),
));

export const incident = exactly<IncidentView>()(v.pipe(
  v.object({
    id: wholeNumber,
    kind: v.picklist(INCIDENT_KINDS),
    node: v.pipe(
      v.union([nodeId, v.literal("")]),
      v.description("Empty where it concerns none, or many."),
    ),
    name: v.string(),
    died_at: instant,
    last_heard_at: v.pipe(
      instantOrNull,
      v.description("The last sign of life before a death: durations count from it."),
    ),
    told_at: v.pipe(instantOrNull, v.description("When somebody was notified of it.")),
    recovered_at: instantOrNull,
    acknowledged_at: instantOrNull,
    cause: v.pipe(v.string(), v.description("The reason in English.")),
    reason,
    changes: v.pipe(wholeNumber, v.description("How often a flapping node changed.")),
    parent: v.pipe(
      v.nullable(wholeNumber),
      v.description("The incident of the common cause that this one is a part of."),
    ),
  }),
  v.description("From when to when something was wrong."),
));

export const failure = exactly<ProviderFailure>()(v.pipe(
  providerFailure,
  v.description(
    "Why a provider did not take or deliver a message. status: of its HTTP answer; error: its own " +
      "code; said: its own words; passed_on_to: the channel that the message went to instead.",
  ),
));

export const delivery = exactly<DeliveryView>()(v.pipe(
  v.object({
    id: wholeNumber,
    incident_ids: v.array(wholeNumber),
    channel: v.string(),
    recipient: v.string(),
    text: v.string(),
    state: v.pipe(
      v.picklist(["pending", "accepted", "delivered", "refused", "expired", "merged"]),
      v.description(
        "accepted: the provider took it; delivered: it reached the phone; expired: the provider " +
          "never said whether; merged: it was sent together with an older message.",
      ),
    ),
    attempts: wholeNumber,
    last_error: v.pipe(textOrNull, v.description("In English; failure is the same as a code.")),
    failure: v.nullable(failure),
    reference: v.pipe(textOrNull, v.description("The provider's own id of the message.")),
    created_at: instant,
  }),
  v.description("A message to one recipient."),
));
