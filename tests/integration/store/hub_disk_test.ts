/**
 * The hub's disk stops answering: it continues in memory, notifies people, and writes everything
 * later.
 */

import assert from "node:assert/strict";
import {
  allAre,
  Nodes,
  sendingTo,
  summaryOf,
  texts,
  WITHIN_MS,
} from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { type HeardMessage, TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { startHub } from "../../support/program/programs.ts";
import { type FailingDisk, testOnDisk, withStateOn } from "../../support/store/failing_disk.ts";
import { Journal } from "../../support/store/journal.ts";
import { isInTime } from "../../support/time/patience.ts";
import { until } from "../../support/time/until.ts";

const PATIENCE = { withinMs: WITHIN_MS };
const HELD = /cannot be written: the hub continues in memory.*no_answer/;

/** Waits until the hub has written nothing for some seconds. */
async function untilIdle(disk: FailingDisk): Promise<void> {
  const journal = new Journal(`${disk.path}/hub.db`);
  let [commits, sinceMs] = [0, performance.now()];
  await until("the hub to write nothing", () => {
    const now = journal.look();
    if (now !== commits) [commits, sinceMs] = [now, performance.now()];
    return performance.now() - sinceMs >= IDLE_MS;
  }, PATIENCE);
}

/** Longer than from one look of the hub at its file to the next. */
const IDLE_MS = 3000;
/** The time limit for a program's stop. */
const END_MS = 2000;

/** A hub whose state is on the disk, the two Pis that it hears, and the phone of its messages. */
async function hubWithPisOn(disk: FailingDisk) {
  await using parts = new AsyncDisposableStack();
  const double = parts.use(new TwilioDouble());
  const broker = parts.use(await Mosquitto.start());
  const nodes = parts.use(new Nodes(broker.port));
  const hub = parts.use(
    await startHub(
      sendingTo(double, {
        hub: { broker: "none" },
        mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
        alerts: { hold: "0s", group: "0s", blind_after: "5s" },
      }),
      { through: withStateOn(disk) },
    ),
  );
  await hub.untilSeeing();
  const [arya = ""] = await Promise.all(["Arya", "Bran"].map((name) => nodes.start(name)));
  await allAre(hub, ["arya", "bran"], "alive");
  const kept = parts.move();
  return { double, broker, nodes, hub, arya, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

testOnDisk("a hub whose disk does not answer ends in time", async (disk) => {
  await using hub = await startHub({}, { through: withStateOn(disk) });
  await hub.untilSeeing();
  // The kernel keeps a process whose thread hangs in a write.
  await untilIdle(disk);
  await disk.turn("mute");
  try {
    await hub.process.line(HELD, { withinMs: WITHIN_MS });
    const askedMs = performance.now();
    await hub.stop();
    assert.ok(isInTime(performance.now() - askedMs, END_MS), "its end waits for the disk");
  } finally {
    await disk.turn("well");
  }
});

testOnDisk("a death whose write hangs is shown and told, and told once only", async (disk) => {
  await using scene = await hubWithPisOn(disk);
  const { double, broker, nodes, hub, arya } = scene;
  await using listener = await TestClient.connect({ port: broker.port });
  await listener.subscribe(`${ROOT}/hub/verdicts/arya`);

  // The first write after this never ends.
  await disk.turn("mute");
  await nodes.kill(arya);
  try {
    await hub.waitForLiveness(arya, "dead", WITHIN_MS);
    const isVerdict = ({ payload }: HeardMessage) => payload.includes('"dead"');
    await until("the verdict", () => listener.messages.some(isVerdict), PATIENCE);
    await double.waitFor("sent", 2, WITHIN_MS);
    const told = texts(double).toSorted();
    assert.match(told[0] ?? "", /^Arya is down/);
    assert.match(told[0] ?? "", /Not saved yet: the hub's disk does not answer\.$/);
    assert.match(told[1] ?? "", /^The hub's disk has not answered/);
    const open = await hub.incidents();
    assert.deepEqual(
      open.map(({ kind, cause }) => `${kind} ${cause}`).toSorted(),
      ["hub no_answer", "node silence"],
    );
    // What needs the disk is missing or refused, and nothing waits for it.
    for (const path of ["enrol", "nodes/bran/revoke"]) {
      const response = await hub.fetch(`/api/v1/${path}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${hub.password}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify(path === "enrol" ? { id: "sansa" } : {}),
      });
      assert.deepEqual([response.status, (await response.json()).error.code], [503, "no_disk"]);
    }
    assert.deepEqual(await hub.api(`/api/v1/nodes/${arya}/transitions`), { transitions: [] });
  } finally {
    await disk.turn("well");
  }
  await hub.process.line("the history is written again", PATIENCE);
  await double.waitFor("sent", 3, WITHIN_MS);
  await hub.kill();
  await hub.start();
  await hub.untilSeeing();
  await nodes.start("Arya");
  await allAre(hub, ["arya", "bran"], "alive");
  await double.waitFor("sent", 4, WITHIN_MS);
  const again = texts(double).slice(2).map(summaryOf);
  assert.match(again[0] ?? "", /^The hub writes its history again/);
  assert.deepEqual(again.slice(1), ["Arya is up"]);
  await hub.stop();
});

testOnDisk(
  "a hub whose disk stops answering tells of deaths, and of its disk, and writes them later",
  async (disk) => {
    await using scene = await hubWithPisOn(disk);
    const { double, nodes, hub, arya } = scene;

    await disk.turn("mute");
    try {
      await hub.process.line(HELD, { withinMs: WITHIN_MS });
      await nodes.kill(arya);
      await hub.waitForLiveness(arya, "dead", WITHIN_MS);
      await double.waitFor("sent", 2, WITHIN_MS);
      const told = texts(double).map(summaryOf).toSorted();
      assert.match(told[0] ?? "", /^Arya is down/);
      assert.match(told[1] ?? "", /^The hub's disk has not answered/);
      const open = await hub.incidents();
      assert.deepEqual(
        open.map(({ kind, cause }) => `${kind} ${cause}`).toSorted(),
        ["hub no_answer", "node silence"],
      );
    } finally {
      await disk.turn("well");
    }
    await hub.process.line("the history is written again", { withinMs: WITHIN_MS });
    await double.waitFor("sent", 3, WITHIN_MS);
    assert.match(texts(double)[2] ?? "", /hub.*(again|works)/i);

    // The events of the meantime are on the disk and outlive the hub.
    await hub.kill();
    await hub.start();
    await hub.untilSeeing();
    await nodes.start("Arya");
    await allAre(hub, ["arya", "bran"], "alive");
    const past = await until("both incidents to be over", async () => {
      const all = await hub.incidents();
      return all.every(({ recovered_at }) => recovered_at !== null) && all;
    });
    assert.deepEqual(past.map(({ kind }) => kind).toSorted(), ["hub", "node"]);
    await hub.stop();
  },
);
