/** Settings for a first ntfy message, with a topic that nobody can guess. */

/** Letters and digits that cannot be confused. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
/** Five bits per letter: nobody guesses 80 bits. */
const LENGTH = 16;

/** Anybody who knows the topic can read its messages, so it is as long as a password. */
export function ntfyTopic(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return `pis-${Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}

/** Returns lines of a `config.ini`. */
export function ntfySettings(topic: string): string {
  return `[webhook]\npreset = ntfy\nurl = https://ntfy.sh/${topic}\n`;
}
