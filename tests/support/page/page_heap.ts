/** Measures the memory of a page's scripts. */

import type { Page } from "playwright-core";

/** In bytes, after garbage collection. */
export async function heapBytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send("HeapProfiler.collectGarbage");
    return (await devtools.send("Runtime.getHeapUsage")).usedSize;
  } finally {
    await devtools.detach();
  }
}
