/** How long an answer about the history of many nodes takes, and how long it blocks the hub. */

import { newNode } from "../core/detection/node_state.ts";
import { Availability } from "../hub/history/availability.ts";
import { Projection } from "../hub/live/projection.ts";
import { Store } from "../hub/store/store.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { HandClock } from "../tests/support/time/hand_clock.ts";
import { describeMs } from "./statistics.ts";

const DAY_MS = 24 * 3_600_000;
const MANY_NODES = 1000;
/** For each of many nodes within 30 days, which is more than three a day. */
const TRANSITIONS = 100;
const TRIALS = 10;

export async function benchHistory(): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const clock = new HandClock();
  const projection = new Projection(clock);
  const nowMs = clock.wallMs(0);
  store.transaction(() => {
    store.visibility.begin(nowMs - 40 * DAY_MS, nowMs - 40 * DAY_MS);
    for (let index = 0; index < MANY_NODES; index++) {
      const id = `raspberry-pi-${index}`;
      projection.update(newNode(id, 0, true));
      for (let count = 0; count < TRANSITIONS; count++) {
        const atMs = nowMs - 30 * DAY_MS * (1 - count / TRANSITIONS);
        const to = count % 2 === 0 ? "alive" : "suspect";
        store.transitions.add({ node: id, from: "alive", to, reason: "silence", atMs });
      }
    }
  });
  const took: number[] = [];
  const held: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const availability = new Availability(store, projection, clock);
    const beganMs = performance.now();
    let lastMs = beganMs;
    const timer = setInterval(() => {
      held.push(performance.now() - lastMs);
      lastMs = performance.now();
    }, 0);
    await availability.ofAll("30d");
    clearInterval(timer);
    took.push(performance.now() - beganMs);
  }
  return [
    `history, availability of ${MANY_NODES} nodes in 30 days with ${TRANSITIONS} changes each: ` +
    describeMs(took),
    `history, how long that keeps the hub from all else at a stretch: ${describeMs(held)}`,
  ];
}
