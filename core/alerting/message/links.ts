/** The part of a message about the hub's lost connection to the broker or to a provider. */

import { plainText } from "../../text/plain_text.ts";
import type { BlindItem, ProviderBackItem, ProviderDownItem, VisibleItem } from "../alert.ts";
import type { Cause } from "../cause.ts";
import { channelTitle } from "../channel_title.ts";
import { causeText } from "./cause_text.ts";
import { durationText } from "./duration_text.ts";
import { cutText } from "./names.ts";
import { type Detail, isAmple, type Section } from "./section.ts";

/** The maximum length of a cause, because some are errors of other programs. */
const CAUSE_MAX = 80;
const CHANNEL_MAX = 24;

/** The hub does not know the state of any node. */
export function blindSection({ sinceMs, cause }: BlindItem): Section {
  return {
    item: { label: "broker away", count: undefined },
    sentence: (detail, { formatTime }) =>
      lossText(["The hub cannot see the broker", "The hub has not seen the broker"], detail, {
        since: formatTime(sinceMs),
        cause,
        effect: "no Pi is watched",
      }),
  };
}

/** The hub can see again. */
export function visibleSection({ sinceMs, endedAtMs, wasTold }: VisibleItem): Section {
  const told = "The hub sees the broker again";
  const length = durationText(endedAtMs - sinceMs);
  return {
    item: { label: "broker back", count: undefined },
    sentence: (detail, { formatTime }) => {
      if (detail === "bare") return `${told}.`;
      if (wasTold) return `${told} after ${length}: Pis are watched again.`;
      const span = `from ${formatTime(sinceMs)} to ${formatTime(endedAtMs)}`;
      return `The hub could not see the broker ${span}.`;
    },
  };
}

/** Messages of one channel cannot be sent. */
export function providerDownSection({ channel, sinceMs, cause }: ProviderDownItem): Section {
  const name = channelName(channel);
  return {
    item: { label: `${name} away`, count: undefined },
    sentence: (detail, { formatTime }) =>
      lossText(
        [`${capital(name)} takes no messages`, `${capital(name)} has taken no messages`],
        detail,
        {
          since: formatTime(sinceMs),
          cause,
          effect: "they go another way or wait",
        },
      ),
  };
}

/** Messages of one channel are sent again. */
export function providerBackSection({ channel, sinceMs, endedAtMs }: ProviderBackItem): Section {
  const name = channelName(channel);
  const length = durationText(endedAtMs - sinceMs);
  return {
    item: { label: `${name} back`, count: undefined },
    sentence: (detail) => {
      const head = `${capital(name)} takes messages again`;
      return detail === "bare" ? `${head}.` : `${head} after ${length}.`;
    },
  };
}

/** `now` is a complete text. The instant of the beginning follows `lasting`. */
function lossText(
  [now, lasting]: readonly [now: string, lasting: string],
  detail: Detail,
  { since, cause, effect }: {
    readonly since: string;
    readonly cause: Cause;
    readonly effect: string;
  },
): string {
  if (detail === "bare") return `${now}.`;
  const head = `${lasting} since ${since}`;
  return isAmple(detail) ? `${head}${inBrackets(cause)}: ${effect}.` : `${head}.`;
}

function inBrackets(cause: Cause): string {
  const text = plainText(causeText(cause)).replace(/[\s.]+$/, "");
  return text === "" ? "" : ` (${cutText(text, CAUSE_MAX)})`;
}

function channelName(channel: string): string {
  return channel === "print" ? "the log" : cutText(plainText(channelTitle(channel)), CHANNEL_MAX);
}

/** `the webhook` at the beginning of a sentence. A provider's own name is written as it is. */
function capital(name: string): string {
  return name.replace(/^the /, "The ");
}
