/** One kind of news in a message, and the ways to write it. */

import type { NameLimits } from "./names.ts";

/** How much a sentence says, from the bare fact to useful extra facts. */
export type Detail = "bare" | "brief" | "full" | "rich";

/** Whether there is room for more than one short sentence. */
export function isAmple(detail: Detail): boolean {
  return detail === "full" || detail === "rich";
}

/** What a sentence needs. */
export interface RenderContext extends NameLimits {
  /** Formats an instant for the reader, e.g. `14:02:11`. */
  readonly formatTime: (atMs: number) => string;
  /** Until when durations are known; `undefined` if the message is late. */
  readonly knownUntilMs: number | undefined;
}

/** News as short as possible: `3 up again`, `broker back`. */
export interface Item {
  readonly label: string;
  /** The number of nodes, or `undefined` if the news is not about nodes. */
  readonly count: number | undefined;
}

export interface Section {
  sentence(detail: Detail, context: RenderContext): string;
  readonly item: Item;
}

/** Lists the items. Items with the same label are counted together. */
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
