/** Names come from unknown clients, so the page shows them as one line of limited text. */

import type { NodeView } from "../../core/api/node_view.ts";
import { graphemesOf, INVISIBLE } from "../../core/text/plain_text.ts";

/** The maximum number of characters shown of a name; the rest would not fit a card. */
const SHOWN_MAX = 80;
/** UTF-16 units of a character: a family of emoji has 11, but accents can be added without end. */
const UNITS_MAX = 16;

/** Controls, line breaks, and marks that would change the direction of the text around a name. */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** An object with a name; an incident keeps the name that its messages used. */
type Named = Pick<NodeView, "id" | "name"> & Partial<Pick<NodeView, "display_name">>;

/** A name for display: on one line, shortened, or the id if nothing is visible. */
export function shownName(node: Named, lengthMax = SHOWN_MAX): string {
  const { id } = node;
  const whole = node.display_name ?? node.name;
  const beside = whole.endsWith(` (${id})`) ? ` (${id})` : "";
  const text = oneLine(whole.slice(0, whole.length - beside.length), lengthMax);
  return INVISIBLE.test(text) ? id : text + beside;
}

/** Puts foreign text on one line, isolates its direction, and limits it to `max` characters. */
export function oneLine(text: string, max: number): string {
  // Also shortened before, so that nobody searches 64 KiB when 80 characters are shown.
  return cut(cut(text, max * 4).replaceAll(UNSHOWABLE, " ").trim(), max);
}

/** At most `max` characters as people count them, with an ellipsis if shortened. */
export function cut(text: string, max: number): string {
  const first = firstCharacters(text, max);
  return first.length === text.length ? text : `${first}…`;
}

/** The first `max` characters as people count them: a flag or a letter with its accent is one. */
export function firstCharacters(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = text.slice(0, max * UNITS_MAX).replace(/[\uD800-\uDBFF]$/, "");
  return graphemesOf(start).slice(0, max).join("");
}
