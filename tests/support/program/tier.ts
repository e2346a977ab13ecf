/** How much of a long test is played: a part of it in every run, all of it in the soak. */

/** `task soak` sets it. */
export const isSoak = Deno.env.get("TIER") === "soak";

/** A size for this run: how many kills, which rows, how long. What is asserted stays the same. */
export function sized<T>(sizes: { readonly test: T; readonly soak: T }): T {
  return isSoak ? sizes.soak : sizes.test;
}
