/** How the hub is reached with TLS, and how its authority is recognised. */

import type { PlainAccess } from "../config/settings.ts";

export interface TlsView {
  /** `null`: the page has no TLS. */
  readonly https_port: number | null;
  /** `null`: the embedded broker has no TLS, or the broker is another one. */
  readonly mqtts_port: number | null;
  /** The SHA-256 of the authority's certificate as `AB:CD:...`; `null`: the hub has none. */
  readonly ca_fingerprint: string | null;
  /** Who may open the page without TLS. */
  readonly plain: PlainAccess;
}
