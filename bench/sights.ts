/** Where a death becomes visible, each with the instant on one clock: page, LED. */

import type { Page } from "playwright-core";
import type { Guest, LineEvent } from "../tests/gpio/guest.ts";
import { until } from "../tests/support/until.ts";

/** A blink for a suspect is 0.1 s long, one for a dead node 0.5 s. */
const DEAD_BLINK_S_MIN = 0.3;

/** This process's clock in calendar milliseconds with fractions, the same as a page's. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** A script for the page: this file is compiled without the names of a browser. */
const NOTE_CARDS = `
  globalThis.seen = [];
  new MutationObserver((records) => {
    const atMs = performance.timeOrigin + performance.now();
    for (const { target } of records) {
      const { node, liveness } = target.dataset;
      seen.push({ node, liveness, atMs });
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["data-liveness"] });
`;

interface Seen {
  readonly node: string;
  readonly liveness: string;
  readonly atMs: number;
}

/** Notes in the page itself when a card changes its state. */
export class PageSight {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async start(): Promise<void> {
    await this.#page.evaluate(NOTE_CARDS);
  }

  /** When the card showed this, at or after `fromMs`. */
  async at(node: string, liveness: string, fromMs: number): Promise<number> {
    const seen = await until(`the page to show ${node} as ${liveness}`, async () => {
      const all: Seen[] = await this.#page.evaluate("seen");
      return all.find((one) =>
        one.node === node && one.liveness === liveness && one.atMs >= fromMs
      );
    });
    return seen.atMs;
  }
}

/** The LED of a tracker in a guest, whose clock is brought to this one's. */
export class LedSight {
  readonly #guest: Guest;
  readonly #line: number;
  readonly #offsetMs: number;

  private constructor(guest: Guest, line: number, offsetMs: number) {
    this.#guest = guest;
    this.#line = line;
    this.#offsetMs = offsetMs;
  }

  /** Asks the guest for its clock a few times; the quickest answer is the truest. */
  static async of(guest: Guest, line: number): Promise<LedSight> {
    let best = { tripMs: Infinity, offsetMs: 0 };
    for (let question = 0; question < 20; question++) {
      const askedMs = nowMs();
      const guestMs = (await guest.now()) * 1000;
      const tripMs = nowMs() - askedMs;
      if (tripMs < best.tripMs) best = { tripMs, offsetMs: askedMs + tripMs / 2 - guestMs };
    }
    return new LedSight(guest, line, best.offsetMs);
  }

  /** When the LED first lit for a death, at or after `fromMs`. */
  async deathAt(fromMs: number): Promise<number> {
    const fromS = (fromMs - this.#offsetMs) / 1000;
    const edge = await this.#guest.until(() => {
      const edges = this.#guest.events.filter((event) => this.#isEdge(event) && event.t >= fromS);
      return edges.find((event, index) => {
        const next = edges.slice(index + 1).find(({ value }) => value === "0");
        return event.value === "1" && next !== undefined && next.t - event.t >= DEAD_BLINK_S_MIN;
      });
    }, "blink of the LED for a death");
    return edge.t * 1000 + this.#offsetMs;
  }

  #isEdge({ kind, line }: LineEvent): boolean {
    return kind === "set" && line === this.#line;
  }
}
