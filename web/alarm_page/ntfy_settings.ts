/** The settings of a first message by ntfy, with a topic that nobody guesses. */

/** Without those that look like others. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
/** Five bits a letter: nobody guesses 80. */
const LENGTH = 16;

/** Whoever knows the topic reads its messages: it is as long as a password. */
export function ntfyTopic(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH));
  return `pis-${Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join("")}`;
}

/** Lines of a `config.ini`. */
export function ntfySettings(topic: string): string {
  return `[webhook]\npreset = ntfy\nurl = https://ntfy.sh/${topic}\n`;
}
