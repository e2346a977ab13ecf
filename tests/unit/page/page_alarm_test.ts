/** What the page says LEDs and buzzers do, and who it says was told. */

import assert from "node:assert/strict";
import type { AlarmView } from "../../../core/api/alarm_view.ts";
import { type AlarmFacts, alarmStateOf } from "../../../web/alarm_page/alarm_state.ts";
import { byIncident, notifiedOf } from "../../../web/incidents_page/notified.ts";
import { AT, delivery, incident, node, nodes } from "../../support/page/page_views.ts";

const LATER = "2026-03-01T14:02:11.000Z";
const EARLIER = "2026-03-01T12:02:11.000Z";
const DEAD = node("John Snow", "dead");

function sight(other: Partial<AlarmFacts>): AlarmFacts {
  return { blind: null, nodes: [], alarm: showing("all_well"), isGuest: false, at: AT, ...other };
}

function showing(shows: AlarmView["shows"], inForce: Partial<AlarmView> = {}): AlarmView {
  return { trackers: ["arya"], silences: [], maintenance: [], ...inForce, shows };
}

Deno.test("without trouble LEDs are off and buzzers silent", () => {
  assert.deepEqual(alarmStateOf(sight({ nodes: nodes(2, "alive") })), {
    led: { sign: "all_well", reason: { kind: "well" } },
    buzzer: { sounds: false, reason: { kind: "well" } },
  });
});

Deno.test("a late Pi is shown and not heard, a blind hub comes first", () => {
  const late = nodes(1, "suspect");
  const { led, buzzer } = alarmStateOf(sight({ nodes: late, alarm: showing("suspect") }));
  assert.deepEqual(led, { sign: "suspect", reason: { kind: "late", nodes: late } });
  assert.deepEqual(buzzer, { sounds: false, reason: { kind: "only_dead" } });
  const blind = alarmStateOf(
    sight({ nodes: [DEAD], blind: { since: EARLIER }, alarm: showing("blind") }),
  );
  assert.deepEqual(blind.led, { sign: "blind", reason: { kind: "blind", since: EARLIER } });
  assert.equal(blind.buzzer.sounds, false);
});

Deno.test("a dead Pi sounds, unless something in force keeps it quiet, which is named", () => {
  const buzzer = (alarm: AlarmView, isGuest = false) =>
    alarmStateOf(sight({ nodes: [DEAD], alarm, isGuest })).buzzer;
  assert.deepEqual(buzzer(showing("dead_buzzing")), {
    sounds: true,
    reason: { kind: "down", nodes: [DEAD] },
  });
  assert.deepEqual(buzzer(showing("dead")), { sounds: false, reason: { kind: "hold" } });
  const silence = { node: null, since: AT, until: LATER };
  const silenced = showing("dead", { silences: [silence] });
  assert.deepEqual(buzzer(silenced).reason, { kind: "silenced", until: LATER });
  for (const other of [{ since: EARLIER }, { until: EARLIER }]) {
    const alarm = showing("dead", { silences: [{ ...silence, ...other }] });
    assert.deepEqual(buzzer(alarm).reason, { kind: "hold" }, "it is not this silence");
  }
  const all = showing("dead", { maintenance: [{ node: null, until: LATER }] });
  assert.deepEqual(buzzer(all).reason, { kind: "maintenance", until: LATER });
  const own = showing("dead", { maintenance: [{ node: "john-snow", until: LATER }] });
  assert.deepEqual(buzzer(own).reason, { kind: "nodes" });
  const cared = sight({ nodes: [{ ...DEAD, acknowledged: true }], alarm: showing("dead") });
  assert.deepEqual(alarmStateOf(cared).buzzer.reason, { kind: "nodes" });
  assert.deepEqual(buzzer(showing("dead"), true).reason, { kind: "unsaid" }, "guests hear no more");
});

Deno.test("who was notified is listed as it went out, and nobody only where that is known", () => {
  const first = delivery(1, { incident_ids: [7, 8] });
  const second = delivery(2, { incident_ids: [7] });
  const known = byIncident([second, first]);
  assert.deepEqual(notifiedOf(incident(7), known), { kind: "known", deliveries: [first, second] });
  assert.deepEqual(notifiedOf(incident(8), known), { kind: "known", deliveries: [first] });
  assert.deepEqual(notifiedOf(incident(9), known), { kind: "nobody" });
  assert.deepEqual(notifiedOf(incident(9, { told_at: AT }), known), { kind: "ask" });
  assert.deepEqual(notifiedOf(incident(7), undefined), { kind: "guest" });
});
