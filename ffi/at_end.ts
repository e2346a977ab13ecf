/** Actions that must run before the program ends in any way except kill -9 and power cuts. */

/** An uncaught error ends the program without disposing anything. */
const ENDS = ["error", "unhandledrejection", "unload"] as const;

/** Runs the action at the program's end, unless disposed before. */
export function atEnd(action: () => void): Disposable {
  for (const end of ENDS) globalThis.addEventListener(end, action);
  return {
    [Symbol.dispose]() {
      for (const end of ENDS) globalThis.removeEventListener(end, action);
    },
  };
}
