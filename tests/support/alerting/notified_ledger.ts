/** Who died, and what people have to hear of it. */

import assert from "node:assert/strict";
import { understandingOf } from "./understanding.ts";

export class NotifiedLedger {
  /** How often each node died and stayed dead until it was told. */
  readonly #lasting = new Map<string, number>();
  /** How often each died for a moment only, of which nobody need hear. */
  readonly #passing = new Map<string, number>();

  /** A death, and whether people must hear of it. */
  note(name: string, lasts: boolean): void {
    const deaths = lasts ? this.#lasting : this.#passing;
    deaths.set(name, (deaths.get(name) ?? 0) + 1);
  }

  /** The deaths that people must hear of. */
  get deaths(): number {
    return [...this.#lasting.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Whether people believe of each node what is so. */
  isBelieved(texts: readonly string[], isAlive: (name: string) => boolean): boolean {
    const beliefs = understandingOf(texts);
    return [...this.#names(beliefs.keys())].every((name) => {
      return ((beliefs.get(name)?.at(-1) ?? "up") === "up") === isAlive(name);
    });
  }

  /** Throws unless each death that lasted was told once, and each end of a death that was told. */
  judge(messages: readonly string[]): void {
    const beliefs = understandingOf(messages);
    for (const name of this.#names(beliefs.keys())) {
      const told = beliefs.get(name) ?? [];
      const isAlternating = told.every((belief, index) => belief === (index % 2 ? "up" : "down"));
      assert.ok(isAlternating, `of ${name} people were told: ${told.join(", ")}`);
      const deaths = told.filter((belief) => belief === "down").length;
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
