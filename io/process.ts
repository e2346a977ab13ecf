/** How a program is asked to end: SIGTERM from systemd, SIGINT from a terminal. */

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export interface StopRequest extends Disposable {
  /** Aborted by the first signal; its reason is an `AbortError` that names it. */
  readonly signal: AbortSignal;
}

/** Listens until disposed. A second signal ends the process at once, with status 1. */
export function untilAskedToStop(): StopRequest {
  const controller = new AbortController();
  const listeners = SIGNALS.map((name) => {
    const listener = () => {
      if (controller.signal.aborted) Deno.exit(1);
      controller.abort(new DOMException(`Asked to stop by ${name}`, "AbortError"));
    };
    Deno.addSignalListener(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const { name, listener } of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}
