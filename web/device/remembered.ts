/**
 * Remembers the reader's choices in this browser, or only until the page is closed if it may not
 * store them.
 */

import { type Signal, signal } from "@preact/signals";

/** The prefix of our keys, because pages of the same host share the storage. */
const PREFIX = "rpi-cluster-alert.";

/** A remembered choice; a stored value that is not in `choices` counts as missing. */
export function remembered<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  otherwise: Choice,
): Signal<Choice> {
  const key = PREFIX + name;
  const kept = read(key);
  const chosen = signal(choices.find((choice) => choice === kept) ?? otherwise);
  chosen.subscribe((choice) => {
    if (read(key) !== choice) write(key, choice);
  });
  return chosen;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that stores nothing still applies the choice.
  }
}
