/** Reads the certificate authorities that the user trusts in addition to the public ones. */

/**
 * Returns the PEM texts of the `mqtt.ca_file`, which the configuration check has already validated.
 */
export function readCaCerts(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [Deno.readTextFileSync(path)];
}
