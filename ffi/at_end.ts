/** What must be done before the program ends, however it ends (but for kill -9 and power cuts). */

/** An error that nobody caught ends the program without disposing anything. */
const ENDS = ["error", "unhandledrejection", "unload"] as const;

/** Does it at the program's end, unless disposed before. */
export function atEnd(action: () => void): Disposable {
  for (const end of ENDS) globalThis.addEventListener(end, action);
  return {
    [Symbol.dispose]() {
      for (const end of ENDS) globalThis.removeEventListener(end, action);
    },
  };
}
