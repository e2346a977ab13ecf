/** The part of a message about nodes that die and come back repeatedly. */

import type { FlappingItem, StableItem } from "../alert.ts";
import { nameList, nameOf } from "./names.ts";
import { isAmple, type Section } from "./section.ts";

/** From now on no other message is sent about these nodes. */
export function flappingSections(flapping: readonly FlappingItem[]): readonly Section[] {
  const [first] = flapping;
  if (first === undefined) return [];
  return [{
    item: { label: "flapping", count: flapping.length },
    sentence: (detail, context) => {
      if (flapping.length > 1) {
        const head = `${flapping.length} Pis are flapping: ${nameList(flapping, context)}.`;
        return isAmple(detail)
          ? `${head} No more messages about them until they are stable.`
          : head;
      }
      const head = `${nameOf(first, context)} is flapping`;
      if (detail === "bare") return `${head}.`;
      if (detail === "brief") return `${head}: no more messages about it until it is stable.`;
      const changes = `${changesText(first.changes)} since ${context.formatTime(first.sinceMs)}`;
      return `${head}: ${changes}. No more messages about it until it is stable.`;
    },
  }];
}

const STATES = {
  alive: {
    label: "stable",
    bare: "is stable again",
    one: "is stable again: up",
    several: "are stable again and up",
  },
  left: {
    label: "stopped",
    bare: "is stable again and stopped",
    one: "is stable again: stopped",
    several: "are stable again and stopped",
  },
  dead: {
    label: "down",
    bare: "stopped flapping and is down",
    one: "stopped flapping and is down",
    several: "stopped flapping and are down",
  },
} as const;

/** The flapping is over. */
export function stableSections(
  stable: readonly StableItem[],
  now: StableItem["now"],
): readonly Section[] {
  const items = stable.filter((one) => one.now === now);
  const [first] = items;
  if (first === undefined) return [];
  const { label, bare, one, several } = STATES[now];
  return [{
    item: { label, count: items.length },
    sentence: (detail, context) => {
      if (items.length > 1) {
        return `${items.length} Pis ${several}: ${nameList(items, context)}.`;
      }
      const name = nameOf(first, context);
      if (detail === "bare") return `${name} ${bare}.`;
      const head = `${name} ${one} since ${context.formatTime(first.sinceMs)}`;
      return isAmple(detail) ? `${head}, after ${changesText(first.changes)}.` : `${head}.`;
    },
  }];
}

function changesText(changes: number): string {
  return changes === 1 ? "1 change" : `${changes} changes`;
}
