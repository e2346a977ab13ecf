/** Measures the contrast of every text of a page against what is behind it (WCAG 2.2, 1.4.3). */

import type { Page } from "playwright-core";

/** Texts whose contrast is below AA, with the ratio; empty when all can be read. */
export async function contrastFaults(page: Page): Promise<readonly string[]> {
  return await page.evaluate<string[]>(`(${MEASURE})()`);
}

/** Runs in the page. A gradient counts as its first colour, which is the one behind text. */
const MEASURE = String.raw`() => {
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      const first = /rgba?\([^)]*\)/.exec(backgroundImage)?.[0];
      if (first) return rgb(first);
      const colour = rgb(backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    return [255, 255, 255];
  };
  const faults = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === "" || element.closest(".unseen, noscript")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgb(style.color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (isLarge ? 3 : 4.5)) faults.push(texts.currentNode.data + " " + ratio.toFixed(2));
  }
  return [...new Set(faults)];
}`;
