/** Why a provider takes no messages, in the reader's language. */

import type { ProviderFailure } from "../../core/api/feed.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "./shown_name.ts";

/** Characters of a provider's own words that are shown. */
const SAID_MAX = 200;

/** The provider's own words stand behind ours as a quotation, whatever their language. */
export function providerFailureText({ code, status, error, said }: ProviderFailure): string {
  const what = text(`provider.${code}`);
  const quoted = said === undefined || said === ""
    ? what
    : text("provider.said", { what, words: oneLine(said, SAID_MAX) });
  const shown = error ?? status;
  return shown === undefined
    ? quoted
    : text("provider.code", { what: quoted, code: oneLine(String(shown), SAID_MAX) });
}
