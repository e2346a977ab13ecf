/** The bytes that a viewer of the page costs, for each form of the feed. */

import { CountingViewer, PlayedFeed } from "../tests/support/page/played_feed.ts";

const NODES = [1000, 5000];
/** After this time the feed knows which nodes are steady. */
const SETTLED_MS = 10_000;
const PLAYED_S = 60;

export function benchFeed(): Promise<readonly string[]> {
  return Promise.resolve(NODES.map(lineOf));
}

/** Simulates a minute with a heartbeat of each node every second, and its vitals every 30 s. */
function lineOf(count: number): string {
  using cluster = new PlayedFeed({ count, seed: 1 });
  const viewers = [false, true].map((isShort) => new CountingViewer({ isGuest: false, isShort }));
  for (const viewer of viewers) cluster.feed.join(viewer);
  cluster.pass(SETTLED_MS);
  const before = viewers.map(({ bytes }) => bytes);
  cluster.pass(PLAYED_S * 1000);
  const [whole, short] = viewers.map(({ bytes }, index) => {
    const perSecond = (bytes - (before[index] ?? 0)) / PLAYED_S;
    return `${(perSecond / 1000).toFixed(1)} kB/s`;
  });
  return `feed, ${count} nodes, one viewer: ${whole} with whole nodes, ${short} in the short form`;
}
