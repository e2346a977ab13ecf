/** The secrets that must not appear in the log. Code that reads a secret registers it here. */

const REPLACEMENT = "***";

/** More than a program has. Forgetting a secret would show it, so one more is reported as a bug. */
const SECRETS_MAX = 64;

/** Longest first, so that a secret that contains another one is replaced completely. */
let secrets: readonly string[] = [];

/** Registers a secret: `redacted` replaces it from now on, both plain and percent-encoded. */
export function redact(secret: string): void {
  const forms = [secret, encodeURIComponent(secret.toWellFormed())].filter((form) => form !== "");
  const all = new Set([...forms, ...secrets]);
  if (all.size > SECRETS_MAX) throw new Error(`More than ${SECRETS_MAX} secrets to keep`);
  secrets = [...all].sort((a, b) => b.length - a.length);
}

/** Returns the text without the registered secrets. */
export function redacted(text: string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, REPLACEMENT), text);
}
