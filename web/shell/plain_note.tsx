/** A line above every view of a page that came over the network without TLS. */

import type { JSX } from "preact";
import type { TlsView } from "../../core/api/tls_view.ts";
import { useQuery } from "../parts/query.ts";
import { t } from "../parts/t.ts";
import type { ViewProps } from "./view_props.ts";

export function PlainNote({ api }: Pick<ViewProps, "api">): JSX.Element | null {
  const query = useQuery<TlsView>(api, isPlain(location) ? "/api/v1/tls" : undefined);
  const port = query.kind === "good" ? query.body.https_port : null;
  if (port === null) return null;
  const url = `https://${location.hostname}:${port}${location.pathname}${location.search}`;
  return <p class="plain-note warned">{t("shell.plain", { link: <a href={url}>{url}</a> })}</p>;
}

/** What stays on this machine needs no TLS. */
function isPlain({ protocol, hostname }: Location): boolean {
  return protocol === "http:" && !/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}
