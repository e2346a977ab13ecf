/** What the cards of the page showed, as the page itself noted it. */

import type { Page } from "playwright-core";
import type { Sight, Sighting } from "./sighting.ts";

/** A script for the page: this file is compiled without the names of a browser. */
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

/** A card's change, with the word that people read on it. */
export interface CardSighting extends Sighting {
  readonly word: string;
}

export class PageSight implements Sight {
  readonly name = "the page";
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Of a page that is open: cards that are there are noted whenever they change. */
  static async of(page: Page): Promise<PageSight> {
    await page.evaluate(NOTE_CARDS);
    return new PageSight(page);
  }

  async sightings(): Promise<readonly CardSighting[]> {
    return await this.#page.evaluate("seen");
  }
}
