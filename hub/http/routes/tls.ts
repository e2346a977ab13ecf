/** How to reach the hub with TLS, and its authority for browsers and other programs. */

import type { TlsView } from "../../../core/api/tls_view.ts";
import type { PlainAccess } from "../../../core/config/settings.ts";
import type { TlsIdentity } from "../../tls/identity.ts";
import type { Api } from "../api/api.ts";
import { failure } from "../answer.ts";
import { tls } from "../schema/tls.ts";

const GET = { method: "get", tag: "Access", access: "anyone" } as const;

const tlsOperation = {
  ...GET,
  id: "getTls",
  path: "/api/v1/tls",
  summary: "How to reach the hub with TLS",
  answer: {
    description: "Its ports, and the fingerprint of its authority.",
    schema: tls,
    example: {
      https_port: 8443,
      mqtts_port: 8883,
      ca_fingerprint: Array(32).fill("A7").join(":"),
      plain: "loopback",
    },
  },
} as const;

const authorityOperation = {
  ...GET,
  id: "getAuthority",
  path: "/api/v1/ca.crt",
  summary: "The certificate of the hub's own authority",
  description: "Compare its fingerprint with that of rpi-cluster-hub status before you trust it.",
  answer: {
    contentType: "application/x-x509-ca-cert",
    description: "In PEM.",
    example: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n",
  },
  failures: [{ status: 404, code: "not_found", description: "The hub has no TLS." }],
} as const;

export interface TlsRoutesOptions {
  readonly identity: () => TlsIdentity | undefined;
  readonly plain: PlainAccess;
}

export function tlsRoutes(api: Api, { identity, plain }: TlsRoutesOptions): void {
  api.serve(tlsOperation, (context) => context.json(tlsView(identity(), plain)));
  api.serve(authorityOperation, (context) => {
    const known = identity();
    if (known === undefined) {
      return failure(context, 404, { code: "not_found", message: "The hub has no TLS" });
    }
    return context.body(known.caPem, 200, { "Content-Type": "application/x-x509-ca-cert" });
  });
}

export function tlsView(identity: TlsIdentity | undefined, plain: PlainAccess): TlsView {
  return {
    https_port: identity?.httpsPort ?? null,
    mqtts_port: identity?.mqttsPort ?? null,
    ca_fingerprint: identity?.caFingerprint ?? null,
    plain,
  };
}
