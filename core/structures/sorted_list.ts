/**
 * A list that stays in order. Its items are in chunks, so that a change moves few of them, however
 * many there are.
 */

/** More items than this are split into two chunks. */
const CHUNK_MAX = 256;

/** Negative: `one` comes first. 0: the two are equal. */
export type Order<Item> = (one: Item, other: Item) => number;

export const ascending: Order<number> = (one, other) => one < other ? -1 : one > other ? 1 : 0;

export interface SortedList<Item> {
  /** None of them is empty. */
  readonly chunks: Item[][];
}

export function newSortedList<Item>(): SortedList<Item> {
  return { chunks: [] };
}

export function firstOf<Item>({ chunks }: SortedList<Item>): Item | undefined {
  return chunks[0]?.[0];
}

/** Inserts an item after those that are equal to it. */
export function insertSorted<Item>(
  { chunks }: SortedList<Item>,
  item: Item,
  order: Order<Item>,
): void {
  const isBefore = (other: Item) => order(other, item) <= 0;
  const index = Math.min(countWhile(chunks, isWhole(isBefore)), chunks.length - 1);
  const chunk = chunks[index];
  if (chunk === undefined) {
    chunks.push([item]);
    return;
  }
  chunk.splice(countWhile(chunk, isBefore), 0, item);
  if (chunk.length > CHUNK_MAX) chunks.splice(index + 1, 0, chunk.splice(CHUNK_MAX / 2));
}

/** Removes one item that is equal to `item`, if there is one. */
export function removeSorted<Item>(
  { chunks }: SortedList<Item>,
  item: Item,
  order: Order<Item>,
): void {
  const isBefore = (other: Item) => order(other, item) < 0;
  const index = countWhile(chunks, isWhole(isBefore));
  const chunk = chunks[index] ?? [];
  const place = countWhile(chunk, isBefore);
  const found = chunk[place];
  if (found === undefined || order(found, item) !== 0) return;
  chunk.splice(place, 1);
  if (chunk.length === 0) chunks.splice(index, 1);
}

/** The items at the beginning that fulfil a condition, which no item after them fulfils. */
export function itemsWhile<Item>(
  { chunks }: SortedList<Item>,
  holds: (item: Item) => boolean,
): readonly Item[] {
  const index = countWhile(chunks, isWhole(holds));
  const last = chunks[index] ?? [];
  return [...chunks.slice(0, index).flat(), ...last.slice(0, countWhile(last, holds))];
}

/** The last of these items. */
export function lastWhile<Item>(
  { chunks }: SortedList<Item>,
  holds: (item: Item) => boolean,
): Item | undefined {
  const index = countWhile(chunks, isWhole(holds));
  const last = chunks[index] ?? [];
  return last[countWhile(last, holds) - 1] ?? chunks[index - 1]?.at(-1);
}

/** Whether a condition holds for the last item of a chunk, and so for all of them. */
function isWhole<Item>(holds: (item: Item) => boolean): (chunk: readonly Item[]) => boolean {
  return (chunk) => {
    const last = chunk.at(-1);
    return last !== undefined && holds(last);
  };
}

/** How many items of an array at the beginning fulfil a condition that no item after them fulfils. */
export function countWhile<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}
