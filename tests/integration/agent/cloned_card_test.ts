/** Two machines with one id, as after cloning an SD card. */

import assert from "node:assert/strict";
import type { TestClient } from "../../support/broker/mqtt_client.ts";
import { changesOf, ROOT, type TestCluster } from "../../support/program/cluster.ts";
import { startAgent } from "../../support/program/programs.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

const CLAIM = 'Two machines claim to be "john-snow"';
const NODE = `${ROOT}/nodes/john-snow`;
/** A machine that still sends this long after the other one stopped is the node. */
const STEADY_MS = 3000;
/** A session that lasts for 3 s beside another one belongs to a second machine. */
const NOTICED: { readonly withinMs: number } = { withinMs: 45_000 };

/** A machine with a board of its own: it sends a birth, then a heartbeat each second. */
class Board implements AsyncDisposable {
  readonly #client: TestClient;
  readonly #session = crypto.randomUUID();
  readonly #timer: ReturnType<typeof setInterval>;
  #saying: Promise<void> = Promise.resolve();

  constructor(client: TestClient, serial: string) {
    this.#client = client;
    const session = this.#session;
    this.#say("status", { kind: "birth", session, every_ms: 1000, reconnect_ms: 2000, serial });
    let seq = 0;
    this.#timer = setInterval(() => {
      this.#say("heartbeat", { session, seq, every_ms: 1000, up_ms: 1000 * seq });
      seq++;
    }, 1000);
  }

  /** Sends its farewell and nothing more. */
  async sayFarewell(): Promise<void> {
    clearInterval(this.#timer);
    this.#say("status", { kind: "farewell", session: this.#session, reason: "stop" });
    await this.#saying;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#saying;
  }

  #say(leaf: "status" | "heartbeat", message: object): void {
    const payload = JSON.stringify(message);
    const options = leaf === "status" ? { qos: 1, retain: true } as const : {};
    this.#saying = this.#saying.then(() =>
      this.#client.publish(`${NODE}/${leaf}`, payload, options)
    );
  }
}

async function warningsOf({ hub }: TestCluster): Promise<readonly string[]> {
  return (await hub.nodes()).find(({ id }) => id === "john-snow")?.warnings ?? [];
}

async function untilWarned(cluster: TestCluster): Promise<string> {
  return await until("the warning", async () => (await warningsOf(cluster))[0], NOTICED);
}

testWithBrokers("two boards with one id are told by their serial numbers", async (broker) => {
  await using cluster = await broker.start();
  const tracker = await cluster.tracker("arya");
  await using _first = new Board(await cluster.client("john-snow"), "10000000aaaaaaaa");
  await cluster.hub.waitForLiveness("john-snow", "alive");
  await using second = new Board(await cluster.client("john-snow"), "10000000bbbbbbbb");
  const warning = await untilWarned(cluster);
  assert.ok(warning.startsWith(CLAIM), warning);
  for (const serial of ["10000000aaaaaaaa", "10000000bbbbbbbb"]) {
    assert.ok(warning.includes(serial), warning);
  }
  await tracker.process.line("two machines claim to be", NOTICED);

  // The machine that remains is the node, whichever sent first.
  const seen = cluster.hub.process.lines.length;
  await second.sayFarewell();
  await cluster.hub.process.line("node=john-snow from=up to=stopped", { from: seen });
  await cluster.hub.process.line(/node=john-snow from=\w+ to=up/, { from: seen, ...NOTICED });
  await tracker.process.line(/node=john-snow from=stopped to=up/, NOTICED);
});

testWithBrokers("two agents with one id are told from one that restarts", async (broker) => {
  await using cluster = await broker.start();
  const tracker = await cluster.tracker("arya");
  const first = await cluster.agent("john-snow");
  await using second = await startAgent(cluster.configOf("john-snow"));
  assert.ok((await untilWarned(cluster)).startsWith(CLAIM));
  assert.ok(!changesOf(cluster.hub, "john-snow").some((change) => change.endsWith(" down")));
  assert.ok(!changesOf(tracker, "john-snow").some((change) => change.endsWith(" down")));

  await second.stop();
  const stoppedMs = Date.now();
  assert.equal(first.process.hasEnded, false);
  await until("the other one to be the node again", async () => {
    const node = (await cluster.hub.nodes()).find(({ id }) => id === "john-snow");
    const heardMs = Date.parse(node?.last_heartbeat_at ?? "");
    return node?.liveness === "alive" && heardMs > stoppedMs + STEADY_MS;
  }, NOTICED);
});
