/**
 * Messages as the release before this one wrote them, byte for byte. While Pis are updated one after
 * the other, hub, agents and trackers of both releases work together.
 */

import assert from "node:assert/strict";
import { describe, newNode } from "../../../core/detection/node_state.ts";
import { VERSION } from "../../../core/version.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { decode, TOPICS } from "../../support/nodes/wire_messages.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const SESSION = "4f0c6f0e-6f6a-4bb4-9a53-7a1d0f6f3a11";
const BIRTH =
  `{"model":"Raspberry Pi 4 Model B Rev 1.4","serial":"10000000c1d2e3f4","os":"Debian GNU/Linux 12 (bookworm)","kernel":"6.12.47+rpt-rpi-v8","architecture":"aarch64","hostname":"john-snow","addresses":["192.168.1.7"],"boot_id":"13dd377f-1f87-4e33-8e07-94f02fb35945","uptime_s":350735,"version":"0.1.0","remote":["ssh://pi@john-snow.local"],"kind":"birth","session":"${SESSION}","name":"John Snow","every_ms":1000,"reconnect_ms":2000}`;
const HEARTBEAT =
  `{"session":"${SESSION}","seq":17,"every_ms":1000,"up_ms":17004,"storage":"critical","storage_fault":"read_only"}`;
const VITALS =
  `{"session":"${SESSION}","temperature":{"value":48.3,"level":"ok"},"cpu":{"value":17,"level":"ok"},"memory":{"value":25,"level":"ok"},"disk":{"value":41,"level":"ok"},"under_voltage":{"value":null,"level":"not_supported"}}`;

function evidence(topic: string, payload: string) {
  const decoded = decode(topic, payload);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  assert.equal(decoded.value.kind, "evidence");
  return decoded.value.message;
}

Deno.test("a birth of the release before is shown with all that it says", () => {
  const birth = evidence(TOPICS.status("john-snow"), BIRTH);
  assert.ok(birth.kind === "birth");
  const node = newNode("john-snow", 0, false);
  describe(node, birth);
  const projection = new Projection(new HandClock());
  projection.update(node);
  const view = projection.node("john-snow");
  assert.deepEqual(view?.remote, ["ssh://pi@john-snow.local"]);
  assert.deepEqual(view.remote_names, []);
  assert.deepEqual(view.ways, {});
  assert.equal(view.version, "0.1.0");
  assert.equal(view.outdated, VERSION !== "0.1.0");
  assert.equal(view.facts.model, "Raspberry Pi 4 Model B Rev 1.4");
});

Deno.test("heartbeats and vitals of the release before count in full", () => {
  assert.deepEqual(evidence(TOPICS.heartbeat("john-snow"), HEARTBEAT), {
    kind: "heartbeat",
    session: SESSION,
    seq: 17,
    everyMs: 1000,
    upMs: 17_004,
    storage: "read_only",
  });
  const vitals = evidence(TOPICS.vitals("john-snow"), VITALS);
  assert.ok(vitals.kind === "vitals");
  assert.equal(Object.keys(vitals.vitals).length, 5);
  assert.equal(vitals.ways, undefined);
});

Deno.test("farewell, last will, echo and silence of the release before are understood", () => {
  for (
    const [topic, payload, kind] of [
      [TOPICS.status("arya"), `{"kind":"last_will","session":"${SESSION}"}`, "evidence"],
      [
        TOPICS.status("arya"),
        `{"kind":"farewell","session":"${SESSION}","reason":"restart"}`,
        "evidence",
      ],
      [TOPICS.echo("arya"), `{"observer":"${SESSION}","seq":3}`, "echo"],
      [TOPICS.hubEcho, `{"observer":"${SESSION}","seq":3,"view":17}`, "echo"],
      [TOPICS.alarmTest, '{"node":"arya"}', "alarm_test"],
      [
        TOPICS.hubAlarm,
        '{"silenced_until":"2026-11-22T15:00:00.000Z","since":"2026-11-22T14:00:00.000Z","maintenance_until":null,"nodes":{},"acknowledged":["arya"]}',
        "alarm",
      ],
      [
        TOPICS.hubView,
        `{"session":"${SESSION}","number":17,"blind":false,"nodes":2,"listed":{"arya":{"liveness":"dead","for_ms":1200}},"unlisted":0}`,
        "hub_view",
      ],
    ] as const
  ) {
    const decoded = decode(topic, payload);
    assert.ok(decoded.ok, `${topic}: ${decoded.ok ? "" : decoded.reason}`);
    assert.equal(decoded.value.kind, kind);
  }
});
