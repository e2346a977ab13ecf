/** The channels that the configuration asks for, and who is told through them. */

import type { Config } from "../core/config.ts";
import { getLog } from "../io/log.ts";
import type { Channel } from "./notify/channel.ts";
import { PrintChannel } from "./notify/print.ts";
import { TwilioChannel } from "./notify/twilio.ts";
import type { Audience } from "./recorder.ts";

/** Whom a printed message names when nobody is configured. */
const NOBODY = "nobody";

export interface Notification {
  readonly channels: readonly Channel[];
  readonly audience: Audience;
}

/** `print` shows what the channel of that name would send; left out, it goes to the log. */
export function notificationOf({ sms }: Config, print = logMessage): Notification {
  switch (sms.provider) {
    case "none":
      return { channels: [], audience: { channel: "none", recipients: [] } };
    case "print": {
      const channel = new PrintChannel(print);
      const recipients = sms.to.length > 0 ? sms.to : [NOBODY];
      return { channels: [channel], audience: { channel: channel.name, recipients } };
    }
    case "twilio": {
      const channel = new TwilioChannel({
        accountSid: required(sms.accountSid, "account_sid"),
        authToken: required(sms.authToken, "auth_token"),
        sender: sms.messagingServiceSid === undefined
          ? { kind: "number", from: required(sms.from, "from") }
          : { kind: "service", messagingServiceSid: sms.messagingServiceSid },
        apiUrl: sms.apiUrl,
      });
      return { channels: [channel], audience: { channel: channel.name, recipients: sms.to } };
    }
  }
}

function logMessage(line: string): void {
  getLog("sms").info(line);
}

/** The configuration was checked: without this key it would not have come so far. */
function required(value: string | undefined, key: string): string {
  if (value === undefined) throw new Error(`[sms] ${key} is missing in a checked configuration`);
  return value;
}
