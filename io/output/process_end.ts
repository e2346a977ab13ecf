/** What is to be done when the process ends without disposing anything. */

/** An error that nobody caught, a promise that nobody awaited, Deno.exit. */
const ENDS = ["error", "unhandledrejection", "unload"] as const;

/** Does the deed, which must not throw, at each such end until disposed. */
export function atProcessEnd(deed: () => void): Disposable {
  for (const end of ENDS) globalThis.addEventListener(end, deed);
  return {
    [Symbol.dispose]() {
      for (const end of ENDS) globalThis.removeEventListener(end, deed);
    },
  };
}
