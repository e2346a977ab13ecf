/** Records what the cards of the page showed, with a script in the page itself. */

import type { Page } from "playwright-core";
import type { Observed, Observer } from "./observation.ts";

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
export interface CardObservation extends Observed {
  readonly word: string;
}

export class PageObserver implements Observer {
  readonly name = "the page";
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** For an open page: records each change of its cards. */
  static async of(page: Page): Promise<PageObserver> {
    await page.evaluate(NOTE_CARDS);
    return new PageObserver(page);
  }

  async observations(): Promise<readonly CardObservation[]> {
    return await this.#page.evaluate("seen");
  }
}
