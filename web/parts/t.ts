/** A text with values that are more than text: names, ages, links. */

import type { ComponentChildren } from "preact";
import { pieces, type TextKey, type ValuesOf } from "../texts/texts.ts";

export function t<Key extends TextKey>(
  key: Key,
  values: ValuesOf<Key, ComponentChildren>,
): ComponentChildren {
  return [...pieces<Key, ComponentChildren>(key, values)];
}
