/** What a tracker watches, and how it ends. */

import assert from "node:assert/strict";
import { freePort } from "../../support/network/free_port.ts";
import { changesOf } from "../../support/program/cluster.ts";
import { startTracker } from "../../support/program/programs.ts";
import { isInTime } from "../../support/time/patience.ts";
import { testWithBrokers } from "../../support/time/together.ts";

const END_MS = 2000;

testWithBrokers("a tracker watches the others, or those it is told", async (broker) => {
  await using cluster = await broker.start();
  const [all, some] = await Promise.all([
    cluster.tracker("arya", { config: { rpi: { led: 2, buzzer: 3, button: 17 } } }),
    cluster.tracker("sansa", { config: { cluster: { nodes: "sansa, bran, rickon" } } }),
  ]);
  // Without GPIO it logs that once, and watches.
  await all.process.line(/LED, buzzer and button do not work, and will be tried .*GPIO chip/);
  await all.process.line("the log shows both");
  const ids = ["arya", "sansa", "bran", "john-snow"];
  const agents = await Promise.all(ids.map((id) => cluster.agent(id)));
  await some.process.line("node=bran from=unknown to=up");
  // Listed in the configuration, and never heard.
  await some.process.line("a node died node=rickon", { withinMs: 60_000 });
  await Promise.all(agents.map((agent) => agent.kill()));
  for (const id of ["sansa", "bran", "john-snow"]) {
    await all.process.line(`a node died node=${id}`);
  }
  await some.process.line("a node died node=bran");
  assert.deepEqual(changesOf(all, "arya"), []);
  assert.deepEqual(changesOf(some, "sansa"), []);
  assert.deepEqual(changesOf(some, "john-snow"), []);

  for (const tracker of [all, some]) {
    const seen = tracker.process.lines.length;
    const askedMs = performance.now();
    await tracker.stop();
    assert.ok(isInTime(performance.now() - askedMs, END_MS));
    const lastWords = tracker.process.lines.slice(seen);
    assert.ok(!lastWords.some((line) => /warning|error/.test(line)), lastWords.join("\n"));
  }
});

Deno.test("a tracker without a broker shows that it is blind, and ends in time", async () => {
  const url = `mqtt://127.0.0.1:${freePort()}`;
  await using tracker = await startTracker({ mqtt: { url }, node: { id: "arya" } });
  await tracker.process.line("LED blinks twice every 2 s: no view of the cluster (blind)");
  await tracker.process.line("cannot connect");
  const askedMs = performance.now();
  await tracker.stop();
  assert.ok(isInTime(performance.now() - askedMs, END_MS));
});
