/** Looks at a view as different people do. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { accessibilityFaults } from "../support/page/accessibility.ts";
import { type Chromium, DESKTOP, PHONE } from "../support/page/chromium.ts";
import { contrastFaults } from "./contrast.ts";

const FORMS = { phone: PHONE, desktop: DESKTOP } as const;

/**
 * On phone and desktop, in light and dark: takes a picture, and asserts that nothing is wider than the
 * window, too pale to read, or closed to whoever uses a screen reader.
 */
export async function look(chromium: Chromium, page: Page, name: string): Promise<void> {
  for (const [form, size] of Object.entries(FORMS)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const where = `${name}-${form}-${colorScheme}`;
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await chromium.picture(where);
      assert.equal(await sidewaysOverflow(page), 0, where);
      assert.deepEqual(await contrastFaults(page), [], where);
      assert.deepEqual(await accessibilityFaults(page), [], where);
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
  await page.setViewportSize(DESKTOP);
}

/** By how many pixels the document is wider than the window. */
export async function sidewaysOverflow(page: Page): Promise<number> {
  return await page.evaluate<number>(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}
