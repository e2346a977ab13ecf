/** The page in Chromium: its size, the time until it shows the verdict, and its frame rate with many nodes. */

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { buildPage } from "../scripts/build_page.ts";
import { PROJECT } from "../scripts/project.ts";
import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { Chromium } from "../tests/support/page/chromium.ts";
import { openPage } from "../tests/support/page/open_page.ts";
import { heapBytes } from "../tests/support/page/page_heap.ts";
import { NodeLoad } from "../tests/support/page/page_load.ts";
import { startHub } from "../tests/support/program/programs.ts";
import { until } from "../tests/support/time/until.ts";
import { describeMs, percentile } from "./statistics.ts";

const NODES = 1000;
const LOADS = 10;
const WATCH_MS = 60_000;
/** After this time all one-time work is done. */
const SETTLED_MS = 10_000;
const LOAD = { timeout: 120_000 };

export async function benchPage(): Promise<readonly string[]> {
  await buildPage();
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
  });
  await hub.untilSeeing();
  await using chromium = await Chromium.start();
  await using _load = await NodeLoad.start(broker.port, NODES);
  const lines = [await weight()];
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.getByRole("heading", { name: `All ${NODES} Pis are up` }).waitFor(LOAD);
    lines.push(await firstVerdict(page));
    for (const look of ["Cards", "Rows"]) {
      await page.getByText(look, { exact: true }).click();
      lines.push(await fluidity(page, look.toLowerCase()));
    }
  });
  return lines;
}

/** The size of what a browser loads for the verdict, and later for the other views and the charts. */
async function weight(): Promise<string> {
  const folder = join(PROJECT, "build", "web");
  const sizes = new Map<string, number>();
  for await (const { name } of Deno.readDir(folder)) {
    sizes.set(name, gzipSync(await Deno.readFile(join(folder, name))).length);
  }
  const sum = (isOne: (name: string) => boolean) =>
    [...sizes].reduce((total, [name, size]) => total + (isOne(name) ? size : 0), 0);
  const first = sum((name) => /^(index\.html|style\.css|app\.js|chunk-.*\.js)$/.test(name));
  const views = sum((name) => name.startsWith("further_views"));
  const charts = sum((name) => name.startsWith("plot"));
  const longLists = sum((name) => name.startsWith("long_list"));
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  return `page, gzip: first ${kB(first)}, other views ${kB(views)}, charts ${
    kB(charts)
  }, long lists ${kB(longLists)}`;
}

/** The time from the start of a load to the verdict on the page, with a thousand nodes. */
async function firstVerdict(page: Page): Promise<string> {
  await page.addInitScript(`{
    const seen = new MutationObserver(() => {
      if (!document.querySelector(".page:not(.stale) h1")) return;
      globalThis.verdictMs = performance.now();
      seen.disconnect();
    });
    seen.observe(document, { subtree: true, childList: true, attributes: true });
  }`);
  const timesMs: number[] = [];
  for (let load = 0; load < LOADS; load++) {
    await page.reload();
    // The page's policy forbids evaluating strings, so this asks from outside the page.
    timesMs.push(
      await until(
        "the verdict",
        () => page.evaluate<number | null>("globalThis.verdictMs ?? null"),
      ),
    );
  }
  return `page, ${NODES} nodes, load to verdict: ${describeMs(timesMs)}`;
}

/** Frames and memory while each node sends a heartbeat every second. */
async function fluidity(page: Page, look: string): Promise<string> {
  await pause(SETTLED_MS);
  const before = await heapBytes(page);
  const frames = await page.evaluate<readonly number[]>(`
    new Promise((resolve) => {
      const frames = [];
      let last = performance.now();
      const end = last + ${WATCH_MS};
      const frame = () => {
        const now = performance.now();
        frames.push(now - last);
        last = now;
        if (now < end) requestAnimationFrame(frame);
        else resolve(frames);
      };
      requestAnimationFrame(frame);
    })
  `);
  const after = await heapBytes(page);
  const frameMs = (share: number) => `${percentile(frames, share).toFixed(1)} ms`;
  return `page, ${NODES} nodes as ${look}, ${WATCH_MS / 1000} s: frame p50 ${frameMs(0.5)}, ` +
    `p95 ${frameMs(0.95)}, p99 ${frameMs(0.99)}; heap ${megabytes(before)}, then ${
      megabytes(after)
    }`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
