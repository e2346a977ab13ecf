/** Alert items for tests of messages: what happened to a Pi at 14:02:11 UTC of some day. */

import type {
  Alert,
  AlertItem,
  DownItem,
  FlappingItem,
  RebootedItem,
  RecoveredItem,
  StableItem,
  StillDownItem,
} from "../../../core/alerting/alert.ts";
import { alertText } from "../../../core/alerting/message/message.ts";

/** Messages in these tests have times in UTC. */
export const HEARD_MS = Date.UTC(2026, 10, 22, 14, 2, 11);

/** The instant as a message shows it: `14:02:11`. */
export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

/** An alert of these items, decided 14 s after 14:02:11. */
export function alertOf(items: readonly AlertItem[], facts: Partial<Alert> = {}): Alert {
  const defaults = { kind: "alert", route: "sms", channel: "twilio", common: undefined } as const;
  return { ...defaults, atMs: HEARD_MS + 14_000, ...facts, items };
}

/** The message of these items. */
export function textOf(items: readonly AlertItem[], facts: Partial<Alert> = {}): string {
  return alertText(alertOf(items, facts), clock);
}

/** A death whose node was last heard this long after 14:02:11. */
export function down(name: string, heardAfterMs = 0): DownItem {
  const lastHeardMs = HEARD_MS + heardAfterMs;
  return {
    kind: "down",
    ...named(name),
    diedAtMs: HEARD_MS + 5_000,
    lastHeardMs,
    cause: "silence",
  };
}

export function stillDown(name: string, heardAfterMs = 0): StillDownItem {
  const { cause: _, ...death } = down(name, heardAfterMs);
  return { ...death, kind: "still_down" };
}

/** The end of a death, this long after 14:02:11. */
export function back(
  name: string,
  afterMs: number,
  facts: Partial<RecoveredItem> = {},
): RecoveredItem {
  const recoveredAtMs = HEARD_MS + afterMs;
  const told = { now: "alive", rebooted: false, wasTold: true } as const;
  return { ...stillDown(name), ...told, recoveredAtMs, ...facts, kind: "recovered" };
}

export function rebooted(name: string, silentMs = 40_000): RebootedItem {
  return {
    kind: "rebooted",
    ...named(name),
    lastHeardMs: HEARD_MS,
    backAtMs: HEARD_MS + silentMs,
  };
}

export function flapping(name: string, changes = 6): FlappingItem {
  return { kind: "flapping", ...named(name), sinceMs: HEARD_MS, changes };
}

export function stable(name: string, now: StableItem["now"] = "alive"): StableItem {
  const sinceMs = HEARD_MS + 1_669_000;
  return {
    kind: "stable",
    ...named(name),
    flappedSinceMs: HEARD_MS,
    changes: 20,
    now,
    sinceMs,
  };
}

function named(name: string): { readonly node: string; readonly name: string } {
  return { node: name.toLowerCase().replace(/\W+/g, "-") || "pi", name };
}
