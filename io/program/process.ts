/** Handles the signals that end a program: SIGTERM from systemd, SIGINT from a terminal. */

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

export type StopSignal = typeof SIGNALS[number];

/** An `AbortError` with the name of the signal that asked the program to end. */
export class AskedToStop extends DOMException {
  readonly signal: StopSignal;

  constructor(signal: StopSignal) {
    super(`Asked to stop by ${signal}`, "AbortError");
    this.signal = signal;
  }
}

export interface StopRequest extends Disposable {
  /** Aborted by the first signal; its reason is an `AskedToStop`. */
  readonly signal: AbortSignal;
}

/** Listens until it is disposed. A second signal ends the process at once, with status 1. */
export function untilAskedToStop(): StopRequest {
  const controller = new AbortController();
  const listeners = SIGNALS.map((name) => {
    const listener = () => {
      if (controller.signal.aborted) Deno.exit(1);
      controller.abort(new AskedToStop(name));
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
