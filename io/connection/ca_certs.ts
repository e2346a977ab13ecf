/** The certificate authorities that the user trusts. */

import type { Config } from "../../core/config/settings.ts";

type Authorities = Pick<Config["mqtt"], "ca" | "caFile">;

const LINE_LENGTH = 64;

/**
 * Returns the PEM texts of `mqtt.ca` or `mqtt.ca_file`, which the configuration check has already
 * validated. Deno trusts them in addition to the public authorities.
 */
export function readCaCerts({ ca, caFile }: Authorities): readonly string[] {
  if (ca !== undefined) return ca.split(",").map(pemOf);
  return caFile === undefined ? [] : [Deno.readTextFileSync(caFile)];
}

/**
 * The same for a program that needs no public authority: where `mqtt.ca` names one, the program
 * trusts that one alone from now on. Deno reads the list of its own authorities at the first
 * connection with TLS, and this makes that list empty.
 */
export function readOnlyCaCerts(authorities: Authorities): readonly string[] {
  if (authorities.ca !== undefined) {
    Deno.env.set("DENO_TLS_CA_STORE", "");
    Deno.env.delete("DENO_CERT");
  }
  return readCaCerts(authorities);
}

function pemOf(base64: string): string {
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
