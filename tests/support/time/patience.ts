/** How long tests wait on this machine: their times are those of a quiet one. */

import { measureSlowness, SLOWNESS_VARIABLE } from "../../../scripts/suite/slowness.ts";

/** A limit that ends a test that hangs costs nothing when the test passes. */
const GENEROUS = 3;

/** How often the first patience a renewed one is at most. */
export const RENEWED_MAX = 4;

let measured: number | undefined;

/** How many times slower this machine is than a quiet one; measured by the run, or here once. */
export function slowness(): number {
  measured ??= givenSlowness() ?? measureSlowness();
  return measured;
}

/** How long to wait for what must come, in ms: a limit for what hangs, not for what is late. */
export function patience(ms: number): number {
  return GENEROUS * scaled(ms);
}

/** So many ms of a quiet machine, in ms of this one. For bounds that a test asserts, and for pauses. */
export function scaled(ms: number): number {
  return Math.round(ms * slowness());
}

/**
 * Whether what took so long is within a bound of a quiet machine. The load of a machine changes, so
 * a bound that is exceeded is scaled anew by what the machine is like now.
 */
export function isInTime(tookMs: number, boundMs: number): boolean {
  return tookMs < scaled(boundMs) || tookMs < boundMs * measureSlowness();
}

/**
 * The patience for what has not come yet, by what the machine is like now: never less than before, and
 * so much more at most that a test that hangs ends.
 */
export function renewedPatience(ms: number): number {
  const renewedMs = Math.round(GENEROUS * ms * measureSlowness());
  return Math.min(Math.max(patience(ms), renewedMs), RENEWED_MAX * patience(ms));
}

/** A short duration for a configuration, in proportion: what is quick for a program differs. */
export function quick(ms: number): string {
  return `${scaled(ms)}ms`;
}

/** `undefined` where no run measured it, or where a test may not read the environment. */
function givenSlowness(): number | undefined {
  const descriptor = { name: "env", variable: SLOWNESS_VARIABLE } as const;
  if (Deno.permissions.querySync(descriptor).state !== "granted") return undefined;
  const given = Number(Deno.env.get(SLOWNESS_VARIABLE));
  return given >= 1 ? given : undefined;
}
