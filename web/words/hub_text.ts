/** What the hub says in English sentences of its own, in the reader's language where it is known. */

import type { Blindness } from "../../core/api/feed.ts";
import { text } from "../texts/texts.ts";

/** `Two machines claim to be "bran" (serial numbers 1, 2)` */
const DUPLICATE_ID = /^Two machines claim to be "([^"]*)"(?: \(serial numbers ([^)]*)\))?$/;

/** A warning about a node; one of a newer hub as it is. */
export function warningText(warning: string): string {
  const found = DUPLICATE_ID.exec(warning);
  const id = found?.[1];
  if (id === undefined) return warning;
  const serials = found?.[2];
  return text("list.rivals", {
    id,
    serials: serials === undefined ? "" : text("list.serials", { serials }),
  });
}

/** Why the hub is blind, as a sentence. */
export function blindnessText(code: Blindness): string {
  return text(`verdict.blind_${code}`);
}
