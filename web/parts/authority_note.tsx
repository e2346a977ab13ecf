/** How a person recognises the authority of the hub's certificate. */

import type { JSX } from "preact";
import type { TlsView } from "../../core/api/tls_view.ts";
import type { Api } from "../live/api.ts";
import { text } from "../texts/texts.ts";
import { useQuery } from "./query.ts";
import { t } from "./t.ts";

export function AuthorityNote({ api }: { readonly api: Api }): JSX.Element | null {
  const query = useQuery<TlsView>(api, "/api/v1/tls");
  const fingerprint = query.kind === "good" ? query.body.ca_fingerprint : null;
  if (fingerprint === null) return null;
  return (
    <p class="row-detail authority">
      {t("shell.authority", {
        fingerprint: <code>{fingerprint}</code>,
        link: <a href="/api/v1/ca.crt">{text("shell.authorityFile")}</a>,
      })}
    </p>
  );
}
