/** `Deno.test` on Node.js: runs the tests one after the other, and prints how they went. */

import process from "node:process";

interface UnitTest {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

const tests: UnitTest[] = [];

export const Deno = {
  test(name: string, run: UnitTest["run"]): void {
    tests.push({ name, run });
  },
};

// Iterators have all their methods from Node.js 22 on. The tests themselves use some of them.
const iterators = Object.getPrototypeOf(Object.getPrototypeOf([].values()));
for (
  const name of ["every", "filter", "find", "flatMap", "forEach", "map", "reduce", "slice"] as const
) {
  if (name in iterators) continue;
  iterators[name] = function (this: Iterable<unknown>, ...args: never[]) {
    const all: unknown = Reflect.apply(Array.prototype[name], [...this], args);
    return Array.isArray(all) ? all.values() : all;
  };
}
iterators.toArray ??= function (this: Iterable<unknown>) {
  return [...this];
};

// Only the hub, which runs on Deno, uses these.
const OF_THE_HUB = {
  difference: [Set.prototype, function (this: ReadonlySet<unknown>, other: ReadonlySet<unknown>) {
    return new Set([...this].filter((item) => !other.has(item)));
  }],
  toReversed: [Array.prototype, function (this: readonly unknown[]) {
    return [...this].reverse();
  }],
} as const;
for (const [name, [owner, value]] of Object.entries(OF_THE_HUB)) {
  if (!(name in owner)) Object.defineProperty(owner, name, { value });
}

/** When all files have registered their tests. */
process.once("beforeExit", () => void runAll());

async function runAll(): Promise<void> {
  let failed = 0;
  for (const { name, run } of tests) {
    try {
      await run();
    } catch (error) {
      failed++;
      console.log(`FAILED: ${name}`);
      console.log(error);
    }
  }
  console.log(`${tests.length - failed} passed, ${failed} failed`);
  process.exit(failed === 0 && tests.length > 0 ? 0 : 1);
}
