/**
 * Nobody can derive a client id from published data, and late wills of previous runs do no harm.
 */

import assert from "node:assert/strict";
import { startGuarded } from "../../support/broker/guarded_mosquitto.ts";
import { type HeardMessage, TestClient } from "../../support/broker/mqtt_client.ts";
import { isOf, jsonOf } from "../../support/nodes/agent_wire.ts";
import { ROOT, type TestCluster } from "../../support/program/cluster.ts";
import { startAgent, startHub, startTracker } from "../../support/program/programs.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** Possible beginnings of an id: the program, or the node's id. */
const HEADS = ["hub", "agent", "tracker", "arya-agent", "sansa-tracker"];
/** The hub and trackers send an echo at least every 5 s; a busy machine may be late. */
const HEARD = { withinMs: 60_000 };
/** The broker closes a connection that is silent for 15 s. */
const GIVEN_UP = { withinMs: 90_000 };

/**
 * Returns every text in a message: the levels of its topic, and all keys and values of its payload.
 */
function textsOf({ topic, payload }: HeardMessage): readonly string[] {
  const texts = topic.split("/");
  const collect = (value: unknown): void => {
    if (typeof value === "string") texts.push(value);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        texts.push(key);
        collect(inner);
      }
    }
  };
  collect(payload === "" ? "" : JSON.parse(payload));
  return texts;
}

/** Returns the client ids that an attacker who knows these texts would try. */
function guesses(texts: ReadonlySet<string>): readonly string[] {
  const parts = [...texts].flatMap((text) => [text, text.slice(0, 8)]);
  const combined = HEADS.flatMap((head) => parts.map((part) => `${head}-${part}`));
  return [...new Set([...HEADS, ...parts, ...combined])].filter((id) => id !== "");
}

Deno.test("a stolen credential that has heard all that is published ends nobody's connection", async () => {
  await using broker = await startGuarded(["hub", "arya", "sansa", "thief"]);
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const login = (username: string) => ({ username, password: broker.passwords[username] ?? "" });
  const configOf = (id: string) => ({ mqtt: { url, ...login(id) }, node: { id } });
  await using thief = await TestClient.connect({ port: broker.port, ...login("thief") });
  await thief.subscribe(`${ROOT}/#`, 1);

  await using hub = await startHub({ mqtt: { url, ...login("hub") }, hub: { broker: "none" } });
  await hub.untilSeeing();
  await using agent = await startAgent(configOf("arya"));
  await using tracker = await startTracker(configOf("sansa"));
  const signs = {
    agent: `${ROOT}/nodes/arya/heartbeat`,
    tracker: `${ROOT}/nodes/sansa/echo`,
    hub: `${ROOT}/hub/echo`,
  };
  const heardOf = (sign: string) => thief.messages.filter(({ topic }) => topic === sign).length;
  const untilAllHeard = async () => {
    for (const [program, sign] of Object.entries(signs)) {
      const before = heardOf(sign);
      await until(`signs of life of the ${program}`, () => heardOf(sign) > before + 1, HEARD);
    }
  };
  await untilAllHeard();

  const texts = new Set(thief.messages.flatMap(textsOf));
  assert.ok(texts.has("session") && texts.has("observer"));
  for (const clientId of guesses(texts)) {
    await using _taker = await TestClient.connect({
      port: broker.port,
      ...login("thief"),
      clientId,
    });
  }
  await untilAllHeard();
  for (const { process } of [hub, agent, tracker]) {
    assert.deepEqual(process.lines.filter((line) => line.includes("disconnected")), []);
  }
});

/** Returns the retained status of the node, as a new observer receives it. */
async function keptStatus(cluster: TestCluster, reader: string) {
  const observer = await cluster.client(reader);
  await observer.subscribe(`${ROOT}/nodes/john-snow/status`, 1);
  return jsonOf(await observer.heard("the kept status", isOf("status")));
}

testWithBrokers(
  "a last will that comes after the next run's birth does not stay",
  async (broker) => {
    await using cluster = await broker.start();
    const before = await cluster.agent("john-snow");
    const { session: former } = await keptStatus(cluster, "arya");
    // Like a machine without power: its connection stays open at the broker.
    before.process.signal("SIGSTOP");
    await using listener = await cluster.client("sansa");
    await listener.subscribe(`${ROOT}/nodes/john-snow/status`, 1);
    await using _agent = await startAgent(cluster.configOf("john-snow", "John Snow"));
    const live = (kind: string) => (message: HeardMessage) =>
      !message.retained && jsonOf(message).kind === kind;
    const birth = jsonOf(await listener.heard("the birth of the next run", live("birth")));
    assert.notEqual(birth.session, former);
    const will = await until("the former run's will", () => {
      return listener.messages.find(live("last_will"));
    }, GIVEN_UP);
    assert.equal(jsonOf(will).session, former);

    await until("the birth once more", () => {
      const since = listener.messages.slice(listener.messages.indexOf(will));
      return since.some(live("birth"));
    }, HEARD);
    const kept = await keptStatus(cluster, "arya");
    assert.equal(kept.session, birth.session);
    assert.equal(kept.name, "John Snow");
    const deaths = cluster.hub.process.lines.filter((line) => line.includes("a node died"));
    assert.deepEqual(deaths, []);
  },
);
