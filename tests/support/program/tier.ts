/** How much of a long test runs: a part of it in every run, all of it in the soak. */

/** `task soak` sets it. */
export const isSoak = Deno.env.get("TIER") === "soak";

/**
 * Returns a size for this run: how many kills, which rows, how long. The assertions stay the same.
 */
export function sized<T>(sizes: { readonly test: T; readonly soak: T }): T {
  return isSoak ? sizes.soak : sizes.test;
}
