/** Deaths of nodes, and the messages that must be sent about them. */

import assert from "node:assert/strict";
import { understandingOf } from "./understanding.ts";

export class NotifiedLedger {
  /** How often each node died and stayed dead until a message was sent. */
  readonly #lasting = new Map<string, number>();
  /** How often each node died only for a moment, which needs no message. */
  readonly #passing = new Map<string, number>();

  /** Records a death, and whether it needs a message. */
  note(name: string, lasts: boolean): void {
    const deaths = lasts ? this.#lasting : this.#passing;
    deaths.set(name, (deaths.get(name) ?? 0) + 1);
  }

  /** The deaths that need a message. */
  get deaths(): number {
    return [...this.#lasting.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether the messages say the true state of each node. */
  isBelieved(texts: readonly string[], isAlive: (name: string) => boolean): boolean {
    const understandings = understandingOf(texts);
    return [...this.#names(understandings.keys())].every((name) => {
      return ((understandings.get(name)?.at(-1) ?? "up") === "up") === isAlive(name);
    });
  }

  /** Throws unless each lasting death was reported once, and each end of a reported death. */
  judge(messages: readonly string[]): void {
    const understandings = understandingOf(messages);
    for (const name of this.#names(understandings.keys())) {
      const told = understandings.get(name) ?? [];
      const isAlternating = told.every((one, index) => one === (index % 2 ? "up" : "down"));
      assert.ok(isAlternating, `of ${name} people were told: ${told.join(", ")}`);
      const deaths = told.filter((one) => one === "down").length;
      const least = this.#lasting.get(name) ?? 0;
      const most = least + (this.#passing.get(name) ?? 0);
      const found = `${name} died ${least} to ${most} times, and was told dead ${deaths} times`;
      assert.ok(least <= deaths && deaths <= most, found);
    }
  }

  #names(others: Iterable<string>): ReadonlySet<string> {
    return new Set([...this.#lasting.keys(), ...this.#passing.keys(), ...others]);
  }
}
