/** What the page says LEDs and buzzers do, and who it says was told. */

import assert from "node:assert/strict";
import { type AlarmSight, alarmStateOf } from "../../web/alarm_page/alarm_state.ts";
import { byIncident, toldOf } from "../../web/incidents_page/told.ts";
import { AT, delivery, incident, node, nodes } from "../support/page_views.ts";

const LATER = "2026-03-01T14:02:11.000Z";
const EARLIER = "2026-03-01T12:02:11.000Z";
const DEAD = node("John Snow", "dead");
const NOTHING = { silences: [], maintenance: [] };

function sight(other: Partial<AlarmSight>): AlarmSight {
  return { blind: null, nodes: [], alarm: undefined, inForce: NOTHING, at: AT, ...other };
}

Deno.test("without trouble LEDs are off and buzzers silent", () => {
  assert.deepEqual(alarmStateOf(sight({ nodes: nodes(2, "alive") })), {
    led: { sign: "all_well", reason: { kind: "well" } },
    buzzer: { sounds: false, reason: { kind: "well" } },
  });
});

Deno.test("a late Pi is shown and not heard, a blind hub comes first", () => {
  const late = nodes(1, "suspect");
  const { led, buzzer } = alarmStateOf(sight({ nodes: late }));
  assert.deepEqual(led, { sign: "suspect", reason: { kind: "late", nodes: late } });
  assert.deepEqual(buzzer, { sounds: false, reason: { kind: "only_dead" } });
  const blind = alarmStateOf(sight({ nodes: [DEAD], blind: { since: EARLIER } }));
  assert.deepEqual(blind.led, { sign: "blind", reason: { kind: "blind", since: EARLIER } });
  assert.equal(blind.buzzer.sounds, false);
});

Deno.test("a dead Pi sounds, unless something in force keeps it quiet, which is named", () => {
  const buzzer = (other: Partial<AlarmSight>) =>
    alarmStateOf(sight({ nodes: [DEAD], ...other })).buzzer;
  assert.deepEqual(buzzer({}), { sounds: true, reason: { kind: "down", nodes: [DEAD] } });
  const silence = { node: null, since: AT, until: LATER };
  assert.deepEqual(buzzer({ inForce: { silences: [silence], maintenance: [] } }), {
    sounds: false,
    reason: { kind: "silenced", until: LATER },
  });
  const before = { ...silence, since: EARLIER };
  assert.equal(buzzer({ inForce: { silences: [before], maintenance: [] } }).sounds, true);
  const over = { ...silence, until: EARLIER };
  assert.equal(buzzer({ inForce: { silences: [over], maintenance: [] } }).sounds, true);
  const all = { node: null, until: LATER };
  assert.deepEqual(buzzer({ inForce: { silences: [], maintenance: [all] } }).reason, {
    kind: "maintenance",
    until: LATER,
  });
  const own = { node: "john-snow", until: LATER };
  assert.deepEqual(buzzer({ inForce: { silences: [], maintenance: [own] } }).reason, {
    kind: "nodes",
  });
});

Deno.test("the hub's own word about the alarm comes before what the page reckons", () => {
  const waits = sight({ nodes: [DEAD], alarm: { shows: "dead", ...NOTHING } });
  assert.deepEqual(alarmStateOf(waits).buzzer, { sounds: false, reason: { kind: "hold" } });
  const sounds = sight({ nodes: [DEAD], alarm: { shows: "dead_buzzing", ...NOTHING } });
  assert.equal(alarmStateOf(sounds).buzzer.sounds, true);
  const newer = sight({ nodes: [DEAD], alarm: { shows: "dead_singing", ...NOTHING } });
  assert.equal(alarmStateOf(newer).led.sign, "dead");
});

Deno.test("who was told is listed as it went out, and nobody only where that is known", () => {
  const first = delivery(1, { incident_ids: [7, 8] });
  const second = delivery(2, { incident_ids: [7] });
  const known = byIncident([second, first]);
  assert.deepEqual(toldOf(incident(7), known), { kind: "known", deliveries: [first, second] });
  assert.deepEqual(toldOf(incident(8), known), { kind: "known", deliveries: [first] });
  assert.deepEqual(toldOf(incident(9), known), { kind: "nobody" });
  assert.deepEqual(toldOf(incident(9, { told_at: AT }), known), { kind: "ask" });
  assert.deepEqual(toldOf(incident(7), undefined), { kind: "guest" });
});
