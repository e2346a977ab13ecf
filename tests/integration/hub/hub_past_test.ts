/**
 * A real hub's answers about the history of its nodes, through restarts, kills and lost visibility.
 */

import assert from "node:assert/strict";
import type { TransitionView, VitalsHistoryView } from "../../../core/history/history.ts";
import { Nodes } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { availabilityOf, coarseStatesOf } from "../../support/page/availability.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";
import { until } from "../../support/time/until.ts";

/** Oldest first. */
async function transitionsOf(hub: Hub, node: string): Promise<readonly TransitionView[]> {
  const path = `/api/v1/nodes/${node}/transitions`;
  const { transitions } = await hub.api<{ readonly transitions: readonly TransitionView[] }>(path);
  return transitions.toReversed();
}

function changeOf({ from, to, reason }: TransitionView): string {
  return `${from} ${to} ${reason}`;
}

Deno.test("a hub remembers through stop and kill how nodes were, and claims nothing of in between", async () => {
  await using broker = await Mosquitto.start();
  await using nodes = new Nodes(broker.port);
  await using hub = await startHub({
    cluster: QUICK_DEATHS,
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  });
  await hub.untilSeeing();
  const id = await nodes.start("John Snow");
  await hub.waitForLiveness(id, "alive");
  await nodes.kill(id);
  await hub.waitForLiveness(id, "dead");
  // A kill directly afterwards: the verdict is on disk, with the time before it.
  await hub.kill();
  await hub.start();
  await hub.untilSeeing();
  assert.equal(await coarseStatesOf(hub, id), "unknown up down unknown");
  await nodes.start("John Snow");
  await hub.waitForLiveness(id, "alive");
  await until("a while in which it is up", async () => {
    return (await coarseStatesOf(hub, id)).endsWith("down unknown up");
  });
  await hub.stop();
  await hub.start();
  await hub.untilSeeing();
  await hub.waitForLiveness(id, "alive");
  await until("a while in which it is up", async () => {
    return await coarseStatesOf(hub, id) === "unknown up down unknown up unknown up";
  });
  const changes = await transitionsOf(hub, id);
  const deaths = changes.filter(({ to }) => to === "dead").map(({ reason }) => reason);
  const births = changes.filter(({ from }) => from === "unknown").map(changeOf);
  assert.deepEqual(deaths, ["silence"]);
  assert.equal(births.length, 3, births.join("\n"));
  for (const birth of births) assert.match(birth, /^unknown alive (birth|heartbeat)$/);
  const { percent } = await availabilityOf(hub, id);
  assert.ok(percent !== null && percent > 0 && percent < 100, `${percent}`);
});

Deno.test("a broker that kept an old farewell through a power cut makes no dead node look stopped", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    cluster: QUICK_DEATHS,
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    alerts: { hold: "1s", group: "0s" },
    sms: { provider: "print", to: "+4915112345678" },
  });
  await hub.untilSeeing();
  await using client = await TestClient.connect({ port: broker.port });
  const topic = "rpi-cluster/v1/nodes/arya/status";
  const kept = { qos: 1, retain: true } as const;
  const arya = { id: "arya", name: "Arya" };
  let old = "";
  {
    await using stopped = await PretendNode.start(client, arya);
    await hub.waitForLiveness("arya", "alive");
    await stopped.farewell();
    await hub.waitForLiveness("arya", "left");
    await using later = await TestClient.connect({ port: broker.port });
    await later.subscribe(topic, 1);
    old = (await later.heard("its farewell", (message) => message.topic === topic)).payload;
  }
  {
    await using _again = await PretendNode.start(client, arya);
    await hub.waitForLiveness("arya", "alive");
    await hub.kill();
  }
  // The broker's state of a minute ago.
  await client.publish(topic, old, kept);
  await hub.start();
  await hub.untilSeeing();
  await hub.waitForLiveness("arya", "dead");
  await hub.process.line(/\(printed, not sent\).*Arya is down/);
});

Deno.test("a hub without visibility reports unknown states, and continues when it is back", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    cluster: QUICK_DEATHS,
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}`, reconnect: "500ms" },
  });
  await hub.untilSeeing();
  {
    await using client = await TestClient.connect({ port: broker.port });
    await using _node = await PretendNode.start(client, { id: "arya", name: "Arya" });
    await hub.waitForLiveness("arya", "alive");
    await until(
      "arya to be up a while",
      async () => (await coarseStatesOf(hub, "arya")).endsWith("up"),
    );
    await broker.stop();
    await hub.process.line("blind: no verdicts", { withinMs: 20_000 });
  }
  await until(
    "nobody to know",
    async () => (await coarseStatesOf(hub, "arya")).endsWith("unknown"),
  );
  await broker.start();
  await using client = await TestClient.connect({ port: broker.port });
  await using _node = await PretendNode.start(client, { id: "arya", name: "Arya" });
  await hub.untilSeeing();
  await until(
    "arya to be up again",
    async () => (await coarseStatesOf(hub, "arya")).endsWith("up"),
  );
  assert.equal(await coarseStatesOf(hub, "arya"), "unknown up unknown up");
  assert.equal((await availabilityOf(hub, "arya")).percent, 100);
});

Deno.test("a hub reports a node's vitals, also after its restart, and none of strangers", async () => {
  await using hub = await startHub({ cluster: QUICK_DEATHS });
  const login = { username: "arya", password: hub.credential("arya") };
  await using client = await TestClient.connect({ port: hub.brokerPort, ...login });
  const vitals = {
    temperature: { value: 48.25, level: "ok" },
    under_voltage: { value: true, level: "critical" },
    memory: { value: null, level: "not_supported" },
    constructor: { value: 7, level: "ok" },
  };
  await using _node = await PretendNode.start(client, { id: "arya", name: "Arya", vitals });
  await hub.waitForLiveness("arya", "alive");
  const stranger = { session: "another", temperature: { value: 99, level: "critical" } };
  await client.publish("rpi-cluster/v1/nodes/arya/vitals", JSON.stringify(stranger), { qos: 0 });
  const past = async (span: string) =>
    await hub.api<VitalsHistoryView>(`/api/v1/nodes/arya/vitals?span=${span}`);
  const heard = await until("vitals", async () => {
    const { kinds } = await past("1h");
    return kinds.temperature !== undefined && kinds;
  });
  const values = (kinds: VitalsHistoryView["kinds"]) =>
    Object.entries(kinds).map(([kind, points]) => [kind, points.map(([, value]) => value)]);
  const expected = [["temperature", [48.25]], ["under_voltage", [1]], ["constructor", [7]]];
  assert.deepEqual(values(heard).toSorted(), expected.toSorted());
  await hub.stop();
  await hub.start();
  for (const span of ["1h", "24h", "7d", "30d"]) {
    const { kinds, from, to, ...rest } = await past(span);
    assert.deepEqual(rest, { span });
    assert.ok(Date.parse(from) < Date.parse(to));
    assert.deepEqual(values(kinds).toSorted(), expected.toSorted(), span);
  }
});

Deno.test("the history of a node that returns shows when it was not watched", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    cluster: QUICK_DEATHS,
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  });
  await hub.untilSeeing();
  await using nodes = new Nodes(broker.port);
  const id = await nodes.start("Arya");
  await hub.waitForLiveness(id, "alive");
  await nodes.kill(id);
  await hub.waitForLiveness(id, "dead");
  await using client = await TestClient.connect({ port: broker.port });
  await client.publish(`rpi-cluster/v1/nodes/${id}/status`, "", { qos: 1, retain: true });
  await until("the node to be gone", async () => (await hub.nodes()).length === 0);
  for (const path of ["", "/transitions", "/vitals"]) {
    const response = await hub.fetch(`/api/v1/nodes/${id}${path}`, {
      headers: { Authorization: `Bearer ${hub.password}` },
    });
    assert.equal(await errorOf(response, 404), "not_found");
  }
  await nodes.start("Arya");
  await hub.waitForLiveness(id, "alive");
  const last = (await transitionsOf(hub, id)).slice(-2).map(changeOf);
  assert.equal(last[0], "dead unknown removed");
  assert.match(last[1] ?? "", /^unknown alive/);
});
