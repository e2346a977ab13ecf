/** How much memory a page's scripts hold on to. */

import type { Page } from "playwright-core";

/** In bytes, without what only waits to be collected. */
export async function heapBytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  } finally {
    await devtools.detach();
  }
}
