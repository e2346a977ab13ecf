/** Providers of messages, and why they accept none, in the reader's language. */

import type { ProviderFailure } from "../../core/api/delivery_view.ts";
import { providerTexts } from "../texts/failure.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "./shown_name.ts";

/** The maximum number of characters shown of a provider's own words. */
const SAID_MAX = 200;

/** The provider's own words follow ours as a quotation, in any language. */
export function providerFailureText(failure: ProviderFailure): string {
  const what = failureText(failure);
  const { passed_on_to: to } = failure;
  return to === undefined ? what : text("provider.passedOn", { what, channel: providerText(to) });
}

function failureText({ code, status, error, said }: ProviderFailure): string {
  const what = text(`provider.${Object.hasOwn(providerTexts, code) ? code : "other"}`);
  const quoted = said === undefined || said === ""
    ? what
    : text("provider.said", { what, words: oneLine(said, SAID_MAX) });
  const shown = error ?? status;
  return shown === undefined
    ? quoted
    : text("provider.code", { what: quoted, code: oneLine(String(shown), SAID_MAX) });
}

/** A channel at the beginning of a sentence. */
export function providerText(channel: string): string {
  switch (channel) {
    case "twilio":
      return "Twilio";
    case "webhook":
      return text("history.webhook");
    default:
      return channel;
  }
}
