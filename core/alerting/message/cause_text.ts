/** Causes as English text, for messages and the API. */

import type { Blindness } from "../../detection/blindness.ts";
import type { DeathCause } from "../../detection/node_state.ts";
import type { Cause, CommonDeaths } from "../cause.ts";

/** Why the hub is blind: a sentence about it, without its full stop. */
export const BLINDNESS_TEXTS: Readonly<Record<Blindness, string>> = {
  no_connection: "it has no connection to the broker",
  no_echo: "the broker does not answer",
  stalled: "it did not run for a while",
  no_link: "its cable or Wi-Fi is disconnected",
  network: "its own network is out",
  starting: "it has just started",
};

const DEATH_TEXTS: Readonly<Partial<Record<DeathCause, string>>> = {
  not_heard: "not heard since the hub started",
  not_back: "did not come back from a reboot",
};

const TEXTS: ReadonlyMap<Cause, string> = new Map<Cause, string>([
  ...Object.entries({ ...BLINDNESS_TEXTS, ...DEATH_TEXTS }) as [Blindness | DeathCause, string][],
  ["unexpected_reboot", "unexpected reboot"],
]);

/** A cause as text. A code without a text is shown as it is: `silence`, `full`. */
export function causeText(cause: Cause): string {
  if (typeof cause === "string") return TEXTS.get(cause) ?? cause;
  switch (cause.kind) {
    case "provider":
      return cause.why;
    case "common":
      return commonText(cause);
    case "other":
      return cause.text;
  }
}

function commonText({ group, count, of }: CommonDeaths): string {
  const who = count === of ? `all ${of} Pis` : `${count} of ${of} Pis`;
  return group === undefined ? `${who} at once` : `${who} of ${group} at once`;
}
