/** Records what the cards of the page showed, with a script in the page itself. */

import type { Page } from "playwright-core";
import type { Sight, Sighting } from "./sighting.ts";

/** A script for the page, as text, because this file is compiled without a browser's types. */
const NOTE_CARDS = `
  globalThis.seen = [];
  new MutationObserver((records) => {
    const atMs = performance.timeOrigin + performance.now();
    for (const { target } of records) {
      const { node, liveness } = target.dataset;
      const word = target.querySelector(".state").textContent;
      seen.push({ node, liveness, word, atMs });
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["data-liveness"] });
`;

/** A change of a card, with the word on it. */
export interface CardSighting extends Sighting {
  readonly word: string;
}

export class PageSight implements Sight {
  readonly name = "the page";
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** For an open page: records each change of its cards. */
  static async of(page: Page): Promise<PageSight> {
    await page.evaluate(NOTE_CARDS);
    return new PageSight(page);
  }

  async sightings(): Promise<readonly CardSighting[]> {
    return await this.#page.evaluate("seen");
  }
}
