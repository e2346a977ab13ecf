/** The demo runs for hours: each death is notified, and sounded, as in the first minute. */

import assert from "node:assert/strict";
import { announce, newBuzzer, soundingAt } from "../../../core/alarm/buzzer.ts";
import { NO_SILENCE } from "../../../core/alarm/silence.ts";
import { decodeConfig } from "../../../core/config/config.ts";
import type { Config, ConfigEntry } from "../../../core/config/settings.ts";
import { parseConfigText } from "../../../io/config/config_text.ts";
import { DEMO_CONFIG, DEMO_ENVIRONMENT } from "../../../scripts/hub_settings.ts";
import { DEAD_MS, LIVES_MS, PRETEND_PIS } from "../../../scripts/pretend_pi.ts";
import {
  alertsOf,
  at,
  channelTo,
  HOUR_MS,
  playPolicy,
  routeTo,
} from "../../support/alerting/policy_score.ts";

const HOURS = 6;

function demoConfig(): Config {
  const environment = Object.entries(DEMO_ENVIRONMENT).map(([name, value]): ConfigEntry => {
    const [, section = "", key = ""] = /^RPI_CLUSTER_([A-Z]+)_(.*)$/.exec(name) ?? [];
    return {
      section: section.toLowerCase(),
      key: key.toLowerCase(),
      value,
      where: name,
      source: "environment",
    };
  });
  const result = decodeConfig([...parseConfigText(DEMO_CONFIG, "hub.ini"), ...environment], {
    hostname: "hub",
  });
  assert.ok(result.ok, JSON.stringify(result));
  return result.config;
}

interface Death {
  readonly node: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** As often as the simulated Pis can die, each time for as long as a notified death lasts. */
function deaths(): readonly Death[] {
  const all: Death[] = [];
  const [livesMs] = LIVES_MS;
  const [, deadMs] = DEAD_MS;
  for (let fromMs = livesMs; fromMs < HOURS * HOUR_MS; fromMs += livesMs + deadMs) {
    const { id: node } = PRETEND_PIS[all.length % PRETEND_PIS.length] ?? { id: "" };
    all.push({ node, fromMs, toMs: fromMs + deadMs });
  }
  return all;
}

Deno.test("in its sixth hour the demo notifies of each death and each return", () => {
  const { alerts } = demoConfig();
  const channel = channelTo("print", { perHourMax: alerts.perHourMax });
  const played = playPolicy({
    notes: deaths().flatMap(({ node, fromMs, toMs }) => [
      at(fromMs, node, "dead"),
      at(toMs, node, "alive"),
    ]),
    rules: {
      routes: [routeTo("sms", { channels: [channel], holdMs: alerts.holdMs })],
      groupMs: alerts.groupMs,
      flapDeaths: alerts.flapDeaths,
      flapWindowMs: alerts.flapWindowMs,
    },
    untilMs: HOURS * HOUR_MS,
  });
  const fromMs = (HOURS - 1) * HOUR_MS;
  const kinds = alertsOf(played).filter(({ atMs }) => atMs >= fromMs)
    .flatMap(({ items }) => items.map(({ kind }) => kind));
  const count = deaths().filter((death) => death.fromMs >= fromMs).length;
  assert.ok(count > 60, `${count}`);
  for (const kind of ["down", "recovered"]) {
    assert.ok(kinds.filter((one) => one === kind).length >= count - 1, `${kind}: ${kinds.length}`);
  }
});

Deno.test("in its sixth hour the demo's buzzer sounds for each death", () => {
  const { rpi, alerts } = demoConfig();
  const rules = { holdMs: rpi.buzzerHoldMs, slowsFlapping: alerts.flapDeaths > 0 };
  const buzzer = newBuzzer();
  for (const { node, fromMs, toMs } of deaths()) {
    announce(buzzer, { node, atMs: fromMs, learnedMs: fromMs }, rules);
    const { sounds } = soundingAt(buzzer, { rules, silence: NO_SILENCE, nowMs: toMs });
    assert.ok(sounds, `silent ${toMs} ms after the start`);
    buzzer.announced.delete(node);
  }
});
