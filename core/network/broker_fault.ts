/** Why a connection to the broker failed or ended, as codes and as texts. */

/** The fault of the broker's certificate. */
export type CertificateFault =
  | "unknown_authority"
  | "self_signed_authority"
  | "wrong_name"
  | "time"
  | "other";

/** The broker's host name could not be resolved. `last` describes the last address that worked. */
export type LookupFault =
  | {
    readonly code: "lookup_slow";
    readonly host: string;
    readonly afterMs: number;
    readonly last?: string;
  }
  | {
    readonly code: "lookup_failed";
    readonly host: string;
    readonly detail: string;
    readonly last?: string;
  };

/** `detail` is the text of the system or the library. */
export type BrokerFault =
  | LookupFault
  /** The machine answers, but nothing listens on the port. */
  | { readonly code: "refused"; readonly detail: string }
  | { readonly code: "no_answer"; readonly detail: string }
  | { readonly code: "unreachable"; readonly detail: string }
  /** TCP connects, but neither TLS nor MQTT starts. */
  | { readonly code: "no_greeting"; readonly withinMs: number }
  | { readonly code: "no_tls"; readonly detail: string }
  | {
    readonly code: "certificate";
    readonly problem: CertificateFault;
    readonly detail: string;
  }
  | { readonly code: "login"; readonly detail: string }
  | { readonly code: "client_id"; readonly detail: string }
  | { readonly code: "subscription"; readonly filter: string }
  /** The broker closed the connection properly. */
  | { readonly code: "closed" }
  | { readonly code: "broken"; readonly detail: string };

/** One line for the log and for a diagnosis. */
export function brokerFaultText(fault: BrokerFault): string {
  switch (fault.code) {
    case "lookup_slow": {
      const seconds = Math.round(fault.afterMs / 1000);
      const what = `looking up ${fault.host} takes too long: no answer after ${seconds} s`;
      return what + lastAddressText(fault.last);
    }
    case "lookup_failed":
      return `looking up ${fault.host} failed: ${fault.detail}` + lastAddressText(fault.last);
    case "no_greeting":
      return `no greeting within ${fault.withinMs} ms`;
    case "subscription":
      return `the broker refuses the subscription to "${fault.filter}"`;
    case "closed":
      return "the broker closed the connection";
    case "certificate":
      return `${fault.detail} (${CERTIFICATE_TEXTS[fault.problem]})`;
    default:
      return fault.detail;
  }
}

const CERTIFICATE_TEXTS: Readonly<Record<CertificateFault, string>> = {
  unknown_authority: "no authority that this Pi trusts has signed the broker's certificate",
  self_signed_authority:
    "the broker shows the certificate of an authority in place of one of its own",
  wrong_name: "the broker's certificate is for another host",
  time: "the broker's certificate is out of date, or this Pi's clock is wrong",
  other: "the broker's certificate was refused",
};

function lastAddressText(last: string | undefined): string {
  return last === undefined ? "" : `; its last good address: ${last}`;
}
