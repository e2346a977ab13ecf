/** Arrays that stay in order. A change looks at a few items only, however many there are. */

/** Negative: `one` comes first. 0: the two are equal. */
export type Order<Item> = (one: Item, other: Item) => number;

export const ascending: Order<number> = (one, other) => one < other ? -1 : one > other ? 1 : 0;

/** Inserts an item after those that are equal to it. */
export function insertSorted<Item>(list: Item[], item: Item, order: Order<Item>): void {
  list.splice(countWhile(list, (other) => order(other, item) <= 0), 0, item);
}

/** Removes one item that is equal to `item`, if there is one. */
export function removeSorted<Item>(list: Item[], item: Item, order: Order<Item>): void {
  const index = countWhile(list, (other) => order(other, item) < 0);
  const found = list[index];
  if (found !== undefined && order(found, item) === 0) list.splice(index, 1);
}

/** How many items at the beginning fulfil a condition that no item after them fulfils. */
export function countWhile<Item>(list: readonly Item[], holds: (item: Item) => boolean): number {
  let from = 0;
  let to = list.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = list[middle];
    if (item !== undefined && holds(item)) from = middle + 1;
    else to = middle;
  }
  return from;
}
