/** How the watcher outside of the house was last pinged, as page and API show it. */

import type { PingError, WatchdogFault } from "../watchdog/watchdog.ts";

/** Something that keeps the hub from its work, as a code. */
export interface WatchdogFaultView {
  readonly kind: WatchdogFault["kind"];
  /** Why the hub is blind or cannot write; absent for other kinds. */
  readonly cause?: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface WatchdogView {
  /** The beginning of the last ping that the watcher accepted; `null`: none in this run. RFC 3339. */
  readonly last_ping_at: string | null;
  /** What that ping said. */
  readonly said: "works" | "fails" | null;
  /** Why the hub does not say now that it works; empty: it says so. */
  readonly faults: readonly WatchdogFaultView[];
  /** Why the latest ping was not accepted; `null` if it was. */
  readonly error: PingError | null;
}
