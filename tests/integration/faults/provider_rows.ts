/** Faults of the provider that carries the messages: they come late, and say so. */

import assert from "node:assert/strict";
import {
  down,
  downLate,
  providerAway,
  providerBack,
  wasDown,
} from "../../support/alerting/expected_texts.ts";
import type { TwilioBehaviour } from "../../support/delivery/twilio_behaviour.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Stage } from "../../support/faults/fault_stage.ts";
import { pass } from "../../support/time/pass.ts";

/**
 * Ten minutes are the same to retries whose waits double, only longer: in this time there are three
 * attempts at least, and the next one comes within 20 s.
 */
const OUTAGE_MS = 25_000;
/** What is told more than a minute after the promise is told late; the attempt at one minute fails, too. */
const LONG_OUTAGE_MS = 100_000;
const ATTEMPTS_MIN = 3;

const FAULT: TwilioBehaviour = {
  kind: "raw",
  status: 500,
  body: "<h1>Internal Server Error</h1>",
};
const BUSY: TwilioBehaviour = {
  kind: "error",
  status: 429,
  code: 20429,
  message: "Too Many Requests",
  retryAfter: "5",
};

/** Twilio's limit of a day, which comes as if a little patience would help. */
const USED_UP: TwilioBehaviour = {
  kind: "error",
  status: 429,
  code: 63038,
  message: "Account exceeded the daily messages limit",
};

async function failFor(stage: Stage, behaviour: TwilioBehaviour, forMs = OUTAGE_MS): Promise<void> {
  stage.phone.always(behaviour);
  await pass(forMs);
  stage.phone.always({ kind: "created" });
  assert.ok(stage.phone.requests.length >= ATTEMPTS_MIN, "too few attempts were made");
}

/** A Pi dies at the beginning of the outage. */
function outageRow(fault: string, behaviour: TwilioBehaviour, forMs = OUTAGE_MS): FaultRow {
  return {
    fault: `${fault} for ${forMs / 1000} s, and a Pi dies`,
    lastsMs: 2 * forMs + 20_000,
    told: [down("John Snow", [3, 60])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      const failing = failFor(stage, behaviour, forMs);
      await agent.kill();
      await failing;
    },
  };
}

/** Twilio answers so for ever, though a webhook works, and a Pi dies. */
function endlessRow(fault: string, behaviour: TwilioBehaviour): FaultRow {
  return {
    fault: `the webhook is the next in order, ${fault}, and a Pi dies`,
    lastsMs: 40_000,
    webhook: true,
    hub: { alerts: { send: "in_order" } },
    outlasts: true,
    told: [],
    posted: [down("John Snow"), providerAway("Twilio")],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      stage.phone.otherwise(behaviour);
      await agent.kill();
    },
  };
}

export const PROVIDER_ROWS: readonly FaultRow[] = [
  { ...outageRow("Twilio fails", FAULT, LONG_OUTAGE_MS), told: [downLate("John Snow")] },
  outageRow("Twilio is busy", BUSY),
  {
    ...outageRow("Twilio fails", FAULT),
    fault: "Twilio fails for 25 s, a Pi dies and comes back meanwhile",
    inEveryRun: true,
    told: [wasDown("John Snow", [5, 30])],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      const failing = failFor(stage, FAULT);
      await agent.kill();
      await stage.phone.waitFor("requests", 2, 30_000);
      await agent.start();
      await failing;
    },
  },
  {
    ...outageRow("there is a webhook as well, Twilio fails", FAULT),
    webhook: true,
    posted: [down("John Snow"), providerAway("Twilio"), providerBack("Twilio", [15, 60])],
  },
  {
    ...outageRow("the webhook is the next in order, Twilio fails", FAULT),
    webhook: true,
    hub: { alerts: { send: "in_order" } },
    inEveryRun: true,
    told: [providerBack("Twilio", [15, 60])],
    posted: [down("John Snow"), providerAway("Twilio")],
  },
  endlessRow("Twilio is busy for ever", BUSY),
  endlessRow("Twilio's daily limit is used up", USED_UP),
];
