/** Strangers begin handshakes at every port with TLS and never end them: alerts work. */

import assert from "node:assert/strict";
import { openFiles } from "../../support/limits/limited_hub.ts";
import { startAgent } from "../../support/program/programs.ts";
import { HangingHandshakes } from "../../support/tls/hanging_handshakes.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { until } from "../../support/time/until.ts";

const STRANGERS = 600;
/** For a machine that is busy with other tests. */
const PATIENT = { withinMs: 60_000 };

Deno.test("handshakes that hang at broker and page delay no death message, and keep nobody out", async () => {
  await using hub = await startTlsHub();
  await using arya = await startAgent(await hub.enrol("arya", "Arya"));
  await using bran = await startAgent(await hub.enrol("bran", "Bran"));
  await hub.waitForLiveness("arya", "alive");
  await hub.waitForLiveness("bran", "alive");
  const filesBefore = openFiles(hub);
  {
    await using broker = await HangingHandshakes.begin(hub.mqtts, STRANGERS);
    await using page = await HangingHandshakes.begin(hub.https, STRANGERS);
    assert.deepEqual([broker.open, page.open], [STRANGERS, STRANGERS]);
    await arya.kill();
    await hub.process.line(/\(printed, not sent\).*Arya/, PATIENT);
    // A newcomer gets in, and so does a browser.
    await using rickon = await startAgent(await hub.enrol("rickon", "Rickon"));
    await hub.waitForLiveness("rickon", "alive", PATIENT.withinMs);
    assert.equal((await hub.fetch("/healthz")).status, 200);
    await hub.waitForLiveness("bran", "alive", PATIENT.withinMs);
    assert.ok(!hub.process.lines.some((line) => line.includes("a node died node=bran")));
    assert.deepEqual([bran.process.hasEnded, rickon.process.hasEnded], [false, false]);
  }
  // No connection outlives its client: of the two agents each has three files.
  await until("the files of the strangers to be closed", () => openFiles(hub) < filesBefore + 20);
});

Deno.test("a handshake that hangs is ended by the hub, whatever the client has sent of it", async () => {
  await using hub = await startTlsHub();
  const before = openFiles(hub);
  await using broker = await HangingHandshakes.begin(hub.mqtts, 9);
  await using page = await HangingHandshakes.begin(hub.https, 9);
  assert.deepEqual([broker.open, page.open], [9, 9]);
  const lines = hub.process.lines.length;
  // Each is ended after 10 s, and comes again.
  await until("the ends of the handshakes", () => refusedOrEnded(hub.process.lines, lines), {
    withinMs: 30_000,
  });
  assert.ok(openFiles(hub) < before + 18 * 3 + 10);
});

function refusedOrEnded(lines: readonly string[], from: number): boolean {
  return lines.slice(from).some((line) => line.includes("did not log in by MQTT"));
}
