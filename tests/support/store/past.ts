/** Writes a history for a hub that is not running, as if it had watched nodes for a day. */

import { join } from "node:path";
import { VitalsRollUp } from "../../../hub/history/vitals_roll_up.ts";
import { Store } from "../../../hub/store/store.ts";

const MINUTE_S = 60;
const DAY_S = 24 * 3600;
/** Each node was down for this long, at different times of the day. */
const DOWN_S = 40 * MINUTE_S;
const APART_S = 90 * MINUTE_S;

/** Writes vitals for each minute, and one death of each node, into the state folder of a hub. */
export function writePast(statePath: string, nodes: readonly string[]): void {
  using store = new Store(join(statePath, "hub.db"));
  const nowS = Math.floor(Date.now() / 1000);
  const fromS = nowS - DAY_S;
  store.transaction(() => {
    store.visibility.begin(fromS * 1000, fromS * 1000);
    store.visibility.extend(nowS * 1000);
    store.visibility.end(nowS * 1000);
    // The first one in the middle of the day, each further one earlier.
    nodes.forEach((node, index) => {
      writeDay(store, node, { fromS, nowS, diedS: nowS - DAY_S / 2 - index * APART_S });
    });
    const rollUp = new VitalsRollUp(store, { untilS: 0, node: "" });
    // A hub that ran all day would have made its means.
    while (rollUp.step(nowS));
    store.facts.set("vitals_until", String(rollUp.untilS));
  });
}

interface Day {
  readonly fromS: number;
  readonly nowS: number;
  readonly diedS: number;
}

function writeDay(store: Store, node: string, { fromS, nowS, diedS }: Day): void {
  const isDown = (atS: number) => atS >= diedS && atS < diedS + DOWN_S;
  const changes = [
    { from: "unknown", to: "alive", reason: "birth", atMs: fromS * 1000 },
    { from: "alive", to: "suspect", reason: "silence", atMs: (diedS - 2) * 1000 },
    { from: "suspect", to: "dead", reason: "silence", atMs: diedS * 1000 },
    { from: "dead", to: "alive", reason: "birth", atMs: (diedS + DOWN_S) * 1000 },
  ] as const;
  for (const change of changes) store.transitions.add({ node, ...change });
  for (let atS = fromS; atS < nowS; atS += MINUTE_S) {
    if (isDown(atS)) continue;
    store.vitals.add({ node, atS, samples: [{ atS, readings: readingsAt(atS, fromS) }] });
  }
}

/** Typical readings of a Pi in a living room. */
function readingsAt(atS: number, fromS: number): Readonly<Record<string, number>> {
  const hour = (atS - fromS) / 3600;
  const wave = Math.sin(hour * Math.PI / 12);
  const ripple = Math.sin(hour * 7) + Math.sin(hour * 19);
  return {
    temperature: round(52 + 9 * wave + 2 * ripple),
    cpu: round(28 + 14 * wave + 8 * ripple),
    memory: round(46 + hour / 3),
    disk: 61,
    under_voltage: hour > 18 && hour < 18.5 ? 1 : 0,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
