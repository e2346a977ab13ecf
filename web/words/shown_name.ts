/** Names come from strangers: what a page shows of them is one line of bounded text. */

import type { NodeView } from "../../core/api/feed.ts";
import { graphemesOf, INVISIBLE } from "../../core/text/plain_text.ts";

/** Characters of a name that are shown; the rest would never fit a card. */
const SHOWN_MAX = 80;
/** UTF-16 units of a character: a family of emoji has 11, but accents can be piled up without end. */
const UNITS_MAX = 16;

/** Controls, line breaks, and marks that would turn the direction of the text around a name. */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** What has a name; an incident keeps the one by which it was told. */
type Named = Pick<NodeView, "id" | "name"> & Partial<Pick<NodeView, "display_name">>;

/** A name for the eye: on one line, cut before the id beside it, and the id where there is nothing to see. */
export function shownName(node: Named, lengthMax = SHOWN_MAX): string {
  const { id } = node;
  const whole = node.display_name ?? node.name;
  const beside = whole.endsWith(` (${id})`) ? ` (${id})` : "";
  const text = oneLine(whole.slice(0, whole.length - beside.length), lengthMax);
  return INVISIBLE.test(text) ? id : text + beside;
}

/** A stranger's text on one line that keeps its direction to itself, of at most `max` characters. */
export function oneLine(text: string, max: number): string {
  // Cut before as well: nobody searches 64 KiB for marks of which 80 are shown.
  return cut(cut(text, max * 4).replaceAll(UNSHOWABLE, " ").trim(), max);
}

/** At most `max` characters as people count them, with an ellipsis where something was cut. */
export function cut(text: string, max: number): string {
  const first = firstCharacters(text, max);
  return first.length === text.length ? text : `${first}…`;
}

/** The first `max` characters, as people count them: a flag or a letter with its accent is one. */
export function firstCharacters(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.slice(0, max * UNITS_MAX).replace(/[\uD800-\uDBFF]$/, "");
  return graphemesOf(start).slice(0, max).join("");
}
