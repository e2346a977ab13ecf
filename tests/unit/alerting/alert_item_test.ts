/** The instants of alert items: all of them move to another clock, and nothing else does. */

import assert from "node:assert/strict";
import type { AlertItem } from "../../../core/alerting/alert.ts";
import { movedAlert } from "../../../core/alerting/alert_item.ts";
import {
  alertOf,
  back,
  down,
  flapping,
  HEARD_MS,
  rebooted,
  stable,
  stillDown,
} from "../../support/alerting/alert_items.ts";

const STEP_MS = -7_000_000;
const FAULT = {
  subject: { kind: "vital", node: "pi", vital: "storage" },
  name: "Pi",
  cause: "no_answer",
} as const;

Deno.test("an alert that moves to another clock takes all its instants along, and they alone", () => {
  const ends = { sinceMs: HEARD_MS, endedAtMs: HEARD_MS + 60_000 };
  const items: readonly AlertItem[] = [
    down("Arya"),
    { ...down("Bran"), lastHeardMs: undefined },
    stillDown("Arya"),
    back("Arya", 60_000),
    rebooted("Arya"),
    flapping("Arya"),
    stable("Arya"),
    { kind: "blind", sinceMs: HEARD_MS, cause: "no_answer" },
    { kind: "sees", ...ends, wasTold: true },
    { kind: "uplink_down", channel: "twilio", sinceMs: HEARD_MS, cause: "no_answer" },
    { kind: "uplink_back", channel: "twilio", ...ends },
    { kind: "fault", ...FAULT, sinceMs: HEARD_MS },
    { kind: "fault_over", ...FAULT, ...ends, wasTold: true },
  ];
  // Everything that is so great a number is an instant.
  const isInstant = (value: unknown) => typeof value === "number" && value >= HEARD_MS;
  const expected = items.map((item) =>
    Object.fromEntries(
      Object.entries(item).map(([key, value]) => [key, isInstant(value) ? value + STEP_MS : value]),
    )
  );
  const alert = alertOf(items);
  const moved = movedAlert(alert, (atMs) => atMs + STEP_MS);
  assert.deepEqual(moved, { ...alert, atMs: alert.atMs + STEP_MS, items: expected });
});
