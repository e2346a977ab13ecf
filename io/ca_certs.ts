/** The certificate authorities that the user trusts beside the public ones. */

/** The PEM texts of a file, or none without one. Throws when the file cannot be read or holds none. */
export function readCaCerts(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  const pem = Deno.readTextFileSync(path);
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) {
    throw new Error(`Cannot use mqtt.ca_file "${path}": expected a PEM certificate, found none`);
  }
  return [pem];
}
