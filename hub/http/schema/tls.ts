/** The schema of how the hub is reached with TLS. */

import * as v from "valibot";
import type { TlsView } from "../../../core/api/tls_view.ts";
import { PLAIN_ACCESS } from "../../../core/config/settings.ts";
import { exactly } from "./exactly.ts";

const port = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)));

export const tls = exactly<TlsView>()(v.object({
  https_port: v.pipe(port, v.description("null: the page has no TLS.")),
  mqtts_port: v.pipe(
    port,
    v.description("null: the embedded broker has no TLS, or there is none."),
  ),
  ca_fingerprint: v.nullable(v.pipe(
    v.string(),
    v.regex(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    v.description("The SHA-256 of the authority's certificate. null: the hub has none."),
  )),
  plain: v.pipe(
    v.picklist(PLAIN_ACCESS),
    v.description("Who may open the page without TLS: the hub's own machine, everybody, nobody."),
  ),
}));
