/** SMS by Twilio: https://www.twilio.com/docs/messaging/api */

import { defaulted, optional, required, settingsOf } from "../../../core/config/needs.ts";
import { parseRecipients, parseSender, twilioSid } from "../../../core/config/value/people.ts";
import { parseApiUrl } from "../../../core/config/values.ts";
import { parseSecret } from "../../../core/text/parser.ts";
import { type Receiver, serverAt } from "../channel/receiver.ts";
import { TwilioChannel } from "./twilio_channel.ts";

const KIND = "twilio";

const needs = {
  account_sid: required(twilioSid("AC")),
  auth_token: required(parseSecret),
  from: optional(parseSender),
  messaging_service_sid: optional(twilioSid("MG")),
  to: required(parseRecipients),
  api_url: defaulted(parseApiUrl, "https://api.twilio.com"),
};

export const twilio: Receiver = {
  kind: KIND,
  title: "Twilio",
  isPaid: true,
  needs,
  check(has) {
    const [from, service] = [has("from"), has("messaging_service_sid")];
    const key = "from";
    if (from && service) {
      return { key, expected: "either from or messaging_service_sid", found: "both" };
    }
    if (from || service) return undefined;
    const expected = "a sender, or a messaging_service_sid";
    return { key, expected, found: "none", isForKind: true };
  },
  recipients: (values) => settingsOf(needs, values, KIND).to,
  servers: (values) => serverAt(settingsOf(needs, values, KIND).api_url),
  open(values, { name, section, timeoutMs }) {
    const settings = settingsOf(needs, values, section);
    const { from = "", messaging_service_sid: messagingServiceSid } = settings;
    return new TwilioChannel({
      name,
      section,
      accountSid: settings.account_sid,
      authToken: settings.auth_token,
      sender: messagingServiceSid === undefined
        ? { kind: "number", from }
        : { kind: "service", messagingServiceSid },
      apiUrl: settings.api_url,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  },
};
