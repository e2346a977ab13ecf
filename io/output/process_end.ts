/** Runs a last action when the process ends without disposing anything. */

/** An uncaught error, an unhandled rejection, Deno.exit. */
const ENDS = ["error", "unhandledrejection", "unload"] as const;

/** Runs `action`, which must not throw, at each such end until it is disposed. */
export function atProcessEnd(action: () => void): Disposable {
  for (const end of ENDS) globalThis.addEventListener(end, action);
  return {
    [Symbol.dispose]() {
      for (const end of ENDS) globalThis.removeEventListener(end, action);
    },
  };
}
