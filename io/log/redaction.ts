/** Secrets that must not be seen: whoever learns one registers it, and every log line is cleaned. */

const REPLACEMENT = "***";

/** More than a program has. To forget one would show it, so the next is a bug. */
const SECRETS_MAX = 64;

/** Longest first, so that a secret that contains another is replaced whole. */
let secrets: readonly string[] = [];

/** From now on the secret, plain or percent-encoded, is replaced wherever `redacted` looks. */
export function redact(secret: string): void {
  const forms = [secret, encodeURIComponent(secret.toWellFormed())].filter((form) => form !== "");
  const all = new Set([...forms, ...secrets]);
  if (all.size > SECRETS_MAX) throw new Error(`More than ${SECRETS_MAX} secrets to keep`);
  secrets = [...all].sort((a, b) => b.length - a.length);
}

/** The text without the registered secrets. */
export function redacted(text: string): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, REPLACEMENT), text);
}
