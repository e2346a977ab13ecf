/** What a service says to systemd, through systemd's own library. */
import { cString } from "./libc.ts";
import { type Library, openLibrary, SYSTEMD_SONAME } from "./library.ts";

const US_PER_MS = 1000;

const SYSTEMD = {
  sd_notify: { parameters: ["i32", "buffer"], result: "i32" },
  sd_watchdog_enabled: { parameters: ["i32", "buffer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** READY: it has started. STOPPING: it was asked to end. WATCHDOG: its event loop turns. */
export type ServiceState = "READY" | "STOPPING" | "WATCHDOG";

/** Tells systemd, where that wants to be told; elsewhere, or without the library, it is silent. */
export class Systemd implements Disposable {
  readonly #library: Library<typeof SYSTEMD> | undefined = openLibrary(SYSTEMD_SONAME, SYSTEMD);

  /** Within so many milliseconds systemd wants each WATCHDOG; `undefined`: it wants none. */
  get watchdogMs(): number | undefined {
    const us = new BigUint64Array(1);
    const wanted = this.#library?.symbols.sd_watchdog_enabled(0, us) ?? 0;
    return wanted > 0 ? Number(us[0]) / US_PER_MS : undefined;
  }

  /** Never throws: what systemd does not take is what it will miss. */
  tell(state: ServiceState): void {
    this.#library?.symbols.sd_notify(0, cString(`${state}=1`));
  }

  [Symbol.dispose](): void {
    this.#library?.close();
  }
}
