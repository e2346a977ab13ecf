/** `AbortSignal.any` */

/** Aborts with the first of the signals, for its reason. */
export function anySignal(signals: Iterable<AbortSignal>): AbortSignal {
  const all = [...signals];
  const controller = new AbortController();
  const aborted = all.find((signal) => signal.aborted);
  if (aborted !== undefined) {
    controller.abort(aborted.reason);
    return controller.signal;
  }
  const listeners = all.map((signal) => {
    const onAbort = () => {
      for (const { signal, onAbort } of listeners) signal.removeEventListener("abort", onAbort);
      controller.abort(signal.reason);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    return { signal, onAbort };
  });
  return controller.signal;
}
