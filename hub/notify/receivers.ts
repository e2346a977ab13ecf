/** All kinds of channels. */

import { d7 } from "./d7.ts";
import { discord } from "./discord.ts";
import { email } from "./email.ts";
import { gotify } from "./gotify.ts";
import { json } from "./json.ts";
import { ntfy } from "./ntfy.ts";
import { pushover } from "./pushover.ts";
import type { Receiver } from "./channel/receiver.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";
import { twilio } from "./twilio/twilio.ts";

/** Every kind, in the order of messages and errors. */
export const RECEIVERS: readonly Receiver[] = [
  twilio,
  json,
  ntfy,
  slack,
  discord,
  telegram,
  d7,
  pushover,
  gotify,
  email,
];

/** Throws for an unknown kind, which a checked configuration cannot contain. */
export function receiverOf(kind: string): Receiver {
  const receiver = RECEIVERS.find((one) => one.kind === kind);
  if (receiver === undefined) throw new Error(`No channel of the kind ${kind}`);
  return receiver;
}
