/** The certificate authorities that the user trusts beside the public ones. */

/** The PEM texts of the file that `mqtt.ca_file` names, which the configuration's check has seen. */
export function readCaCerts(path: string | undefined): readonly string[] {
  return path === undefined ? [] : [Deno.readTextFileSync(path)];
}
