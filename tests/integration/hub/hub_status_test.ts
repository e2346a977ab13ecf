/** `hub status` with a running hub, and without one. */

import assert from "node:assert/strict";
import type { StatusView } from "../../../core/api/status_view.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { act } from "../../support/page/hub_actions.ts";
import { ApiDocument } from "../../support/page/openapi.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { scaled } from "../../support/time/patience.ts";

const SETTINGS = {
  hub: { time_zone: "Asia/Kolkata" },
  cluster: QUICK_DEATHS,
  alerts: { hold: "0s", group: "0s" },
  webhook: { url: "http://127.0.0.1:9/" },
};

/** The wall clock is read each time, and drifts. */
const DRIFT_MS = scaled(20);

/** Returns a pattern of the local times shortly before, at and after an instant. */
function clocksNear(instantMs: number): string {
  const clocks = [-DRIFT_MS, 0, DRIFT_MS].map((driftMs) =>
    new Date(instantMs + driftMs).toLocaleTimeString("en-GB", { timeZone: "Asia/Kolkata" })
  );
  return `(?:${[...new Set(clocks)].join("|")})`;
}

async function json(hub: Hub): Promise<{ readonly code: number; readonly view: StatusView }> {
  const { code, text } = await hub.run("status", "--json");
  const view = JSON.parse(text);
  (await ApiDocument.from(hub)).assertSays("Status", view);
  return { code, view };
}

Deno.test("hub status shows dead nodes with times in the hub's zone, and exits with 1", async () => {
  await using hub = await startHub(SETTINGS);
  const none = await hub.run("status");
  assert.deepEqual([none.code, none.text], [3, "No Pi has reported yet."]);

  await using arya = await TestClient.connect({
    port: hub.brokerPort,
    username: "arya",
    password: hub.credential("arya"),
  });
  await using _up = await PretendNode.start(arya, { id: "arya", name: "Arya" });
  const client = await TestClient.connect({
    port: hub.brokerPort,
    username: "john-snow",
    password: hub.credential("john-snow"),
  });
  const node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
  await hub.waitForLiveness("arya", "alive");
  await hub.waitForLiveness("john-snow", "alive");
  const well = await hub.run("status");
  assert.equal(well.code, 0, well.text);
  assert.match(well.text, /^2 Pis are up\.\n\nup {2}arya {7}Arya {7}/);

  await node[Symbol.asyncDispose]();
  await client.kill();
  const dead = await hub.waitForLiveness("john-snow", "dead");
  const down = await hub.run("status");
  assert.equal(down.code, 1, down.text);
  const heardMs = Date.parse(dead.last_heartbeat_at ?? "");
  const clock = clocksNear(heardMs);
  assert.match(
    down.text,
    new RegExp(
      "^John Snow is down\\.\n\n" +
        `down  john-snow  John Snow  silent for \\d+ s, last heard ${clock}\n` +
        "up    arya       Arya",
    ),
  );
  // The message says the same.
  const [message] = await hub.process.until("the message", async () => {
    const deliveries = await hub.deliveries();
    return deliveries.length > 0 && deliveries;
  });
  assert.match(message?.text ?? "", new RegExp(`^John Snow is down\\. Last heard ${clock}, `));
  const [incident] = await hub.incidents();
  const apartMs = Date.parse(incident?.last_heard_at ?? "") - heardMs;
  assert.ok(Math.abs(apartMs) <= DRIFT_MS, `${apartMs} ms`);
  await act(hub, "ack", { node: "john-snow" });
  assert.match((await hub.run("status")).text, /last heard [\d:]+, acknowledged\n/);
  const told = await json(hub);
  assert.deepEqual([told.code, told.view.status, told.view.counts.dead], [1, "down", 1]);

  // A node that is down for maintenance is no reason for an alarm.
  await act(hub, "maintenance", { node: "john-snow", for: "1h" });
  const quiet = await json(hub);
  assert.deepEqual([quiet.code, quiet.view.status], [0, "maintenance"]);
  const text = (await hub.run("status")).text;
  assert.match(text, /^1 of 2 Pis is down for maintenance\.\n/);
  assert.match(text, /\n\nin maintenance: john-snow until (\d+ \w+ )?[\d:]+$/);
});

Deno.test("hub status says in plain words that no hub answers, and exits with 3", async () => {
  await using hub = await startHub();
  await hub.stop();
  const { code, text } = await hub.run("status");
  assert.equal(code, 3);
  const [why = "", ...rest] = text.split("\n");
  assert.ok(why.startsWith(`No hub answers at ${hub.url} ([hub] listen): `), why);
  assert.deepEqual(rest, ["Whether a Pi is down is not known. Does the hub run?"]);
  const machine = await hub.run("status", "--json");
  assert.equal(machine.code, 3);
  assert.deepEqual(JSON.parse(machine.text).error.code, "no_answer");
});

Deno.test("a hub on UTC says so with every time, and refuses a zone that does not exist", async () => {
  await using hub = await startHub({
    hub: { time_zone: "UTC" },
    alerts: { hold: "0s", group: "0s" },
    cluster: QUICK_DEATHS,
    webhook: { url: "http://127.0.0.1:9/" },
  });
  const { text } = await hub.run("silence", "20m");
  assert.match(text, /^silenced: all until (\d+ \w+ )?\d\d:\d\d:\d\d UTC$/m);
  await hub.stop();
  hub.configure({ hub: { time_zone: "Europe/Berlni" } });
  const { code, text: issue } = await hub.run("status");
  assert.equal(code, 78);
  assert.match(
    issue,
    /: \[hub\] time_zone: expected a time zone .*\(did you mean Europe\/Berlin\?\), found "Europe\/Berlni"$/,
  );
});
