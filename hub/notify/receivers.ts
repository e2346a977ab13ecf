/** All kinds of channels that there are. */

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

/** In the order in which messages and errors list them. */
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

/** Throws for a kind that a checked configuration cannot name. */
export function receiverOf(kind: string): Receiver {
  const receiver = RECEIVERS.find((one) => one.kind === kind);
  if (receiver === undefined) throw new Error(`No channel of the kind ${kind}`);
  return receiver;
}
