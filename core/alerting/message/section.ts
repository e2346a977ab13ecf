/** One kind of news in a message, and how it can be worded. */

import type { NameLimits } from "./names.ts";

/** How much a sentence tells, from the bare fact to what is good to know besides. */
export type Detail = "bare" | "brief" | "full" | "rich";

/** Whether there is room for more than one short sentence. */
export function isAmple(detail: Detail): boolean {
  return detail === "full" || detail === "rich";
}

/** What a sentence is made with. */
export interface RenderContext extends NameLimits {
  /** Writes an instant for the reader, e.g. `14:02:11`. */
  readonly formatTime: (atMs: number) => string;
  /** Up to when it is known how long something lasts; `undefined` when the message arrives late. */
  readonly knownUntilMs: number | undefined;
}

/** News in the fewest words: `3 up again`, `broker back`. */
export interface Item {
  readonly label: string;
  /** How many nodes, or `undefined` for what is no node. */
  readonly count: number | undefined;
}

export interface Section {
  sentence(detail: Detail, context: RenderContext): string;
  readonly item: Item;
}

/** Items of one label are counted together. */
export function itemList(sections: readonly Section[]): string {
  const counts = new Map<string, number | undefined>();
  for (const { item: { label, count } } of sections) {
    counts.set(label, count === undefined ? undefined : count + (counts.get(label) ?? 0));
  }
  const items = [...counts].map(([label, count]) =>
    count === undefined ? label : `${count} ${label}`
  );
  return items.join(", ");
}
