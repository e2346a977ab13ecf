/** What reaches people's phones: the hub's settings for it, and when the provider was asked. */

import type { Sections } from "../program/programs.ts";
import { type Deadline, until } from "../time/until.ts";
import type { TwilioDouble } from "./twilio_double.ts";

/** A hub's sections that send through the double. */
export function smsThrough(phone: TwilioDouble, to = "+4915112345678"): Sections {
  return {
    sms: {
      provider: "twilio",
      account_sid: phone.accountSid,
      auth_token: phone.authToken,
      from: "+15005550006",
      to,
      api_url: phone.url,
    },
  };
}

/** When the provider was first asked to send a text that begins so, as of `nowMs`, from `fromMs` on. */
export async function askedAt(
  phone: TwilioDouble,
  { text, fromMs }: { readonly text: string; readonly fromMs: number },
  deadline: Deadline,
): Promise<number> {
  const request = await until(`the message "${text}"`, () => {
    return phone.posts.find(({ atMs, form }) =>
      performance.timeOrigin + atMs >= fromMs && form.Body?.startsWith(text)
    );
  }, deadline);
  return performance.timeOrigin + request.atMs;
}
