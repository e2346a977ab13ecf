/** Functions of the language, as ECMAScript defines them. */

/** `Promise.withResolvers` */
export function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: PromiseWithResolvers<Value>["resolve"] = () => {};
  let reject: PromiseWithResolvers<Value>["reject"] = () => {};
  const promise = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** `Map.groupBy` */
export function groupBy<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item, index: number) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index++);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** `Array.prototype.toSorted` */
export function toSorted<Item>(
  this: readonly Item[],
  compare?: (a: Item, b: Item) => number,
): Item[] {
  return [...this].sort(compare);
}

/** `Iterator.prototype.some` */
export function some<Item>(
  this: Iterable<Item>,
  isIt: (item: Item, index: number) => unknown,
): boolean {
  let index = 0;
  for (const item of this) if (isIt(item, index++)) return true;
  return false;
}
