/** The version that the programs show, the birth carries, and `deno.json` repeats. */
export const VERSION = "0.1.0";
