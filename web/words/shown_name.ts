/** Names come from strangers: what a page shows of them is one line of bounded text. */

import type { NodeView } from "../../core/feed.ts";

/** Characters of a name that are shown; the rest would never fit a card. */
const SHOWN_MAX = 80;

/** Controls, line breaks, and marks that would turn the direction of the text around a name. */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** What leaves no mark on the screen. */
const INVISIBLE = /^[\s\p{Cf}\p{Mn}\u115F\u1160\u2800\u3164\uFFA0]*$/u;

/** A name for the eye: on one line, cut, and the node's id where there is nothing to see. */
export function shownName(node: Pick<NodeView, "id" | "name">): string {
  const text = oneLine(node.name, SHOWN_MAX);
  return INVISIBLE.test(text) ? node.id : text;
}

/** A stranger's text on one line that keeps its direction to itself, of at most `max` characters. */
export function oneLine(text: string, max: number): string {
  // Cut before as well: nobody searches 64 KiB for marks of which 80 are shown.
  return cut(cut(text, max * 4).replaceAll(UNSHOWABLE, " ").trim(), max);
}

/** At most `max` UTF-16 units, never half a character, with an ellipsis where something was cut. */
export function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
