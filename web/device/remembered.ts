/** What this browser remembers of its reader's choices; where it may not, until the page is closed. */

import { type Signal, signal } from "@preact/signals";

/** Keys of ours among those of other pages of the same host. */
const PREFIX = "rpi-cluster-alert.";

/** A choice that is remembered; what was kept and is none of `choices` counts as never chosen. */
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
    // A browser that keeps nothing still shows what was chosen.
  }
}
