/** Hostile bytes: the programs survive, and their view of real nodes stays right. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { NODES_MAX } from "../../../core/protocol/wire.ts";
import type { TestClient } from "../../support/broker/mqtt_client.ts";
import { garbage, MISLEADING } from "../../support/limits/garbage.ts";
import {
  changesOf,
  deathsIn,
  MOSQUITTO,
  ROOT,
  type TestCluster,
  verdictsOf,
} from "../../support/program/cluster.ts";
import { type Sections, type TestProgram, withSections } from "../../support/program/programs.ts";
import { DEFAULT_DEATHS } from "../../support/program/detection_times.ts";
import { testWithBrokers } from "../../support/time/together.ts";
import { until } from "../../support/time/until.ts";

/** The resident memory that a program may gain under attack. */
const GAIN_KIB_MAX = { hub: 350 * 1024, tracker: 120 * 1024, agent: 40 * 1024 };
/** The same for executables, whose units set the limit, while as many nodes as possible die. */
const COMPILED_GAIN_KIB_MAX = { hub: 700 * 1024, tracker: 54 * 1024, agent: 40 * 1024 };
/** The number of lines that a program may log in two minutes, however much it is sent. */
const LINES_MAX = 250;
const TWO_MINUTES_MS = 120_000;
/** The number of invented ids, and how many are sent at once. */
const MADE_UP_IDS = NODES_MAX + 2_000;
const BATCH = 100;
/** The time limit for detecting a real death while all this is processed. */
const FOUND: { readonly withinMs: number } = { withinMs: 30_000 };

/** The defaults, in proportion: all this work makes an agent late on a machine that is slow already. */
const CALM: Sections = { cluster: DEFAULT_DEATHS };

const NEVER_LATE = ["unknown up"];
const MEGABYTE = 1024 * 1024;

interface Story {
  readonly cluster: TestCluster;
  readonly tracker: TestProgram;
  readonly agent: TestProgram;
}

/** Publishes anything, and reconnects when the broker ends its connection. */
class Stranger {
  readonly #cluster: TestCluster;
  #client: TestClient | undefined;
  refusals = 0;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
  }

  async publish(topic: string, payload: string | Uint8Array, retain = false): Promise<void> {
    if (this.#client === undefined || this.#client.isClosed) {
      this.#client = await this.#cluster.client("mallory");
    }
    const client = this.#client;
    await client.publish(topic, payload, { qos: 1, retain }).catch((error) => {
      if (!/closed|disconnect/i.test(String(error))) throw error;
      this.refusals++;
    });
  }
}

/** Publishes garbage on the topics that the stranger may write, live and retained. */
async function throwGarbage(stranger: Stranger, id: string): Promise<void> {
  for (const leaf of ["status", "heartbeat", "vitals", "echo", "config", "status/deeper"]) {
    for (const payload of garbage()) {
      const retain = leaf === "status" && payload.length % 2 === 0;
      await stranger.publish(`${ROOT}/nodes/${id}/${leaf}`, payload, retain);
    }
  }
}

/**
 * Publishes on topics that only a broker without rules accepts, and more than a broker with limits
 * accepts.
 */
async function throwElsewhere(stranger: Stranger): Promise<void> {
  const ids = [
    "<script>",
    "john snow",
    "JOHN-SNOW",
    "__proto__",
    "constructor",
    "i".repeat(60_000),
  ];
  const topics = [
    ...ids.flatMap((id) => [`${ROOT}/nodes/${id}/status`, `${ROOT}/nodes/${id}/heartbeat`]),
    `${ROOT}/nodes//status`,
    `${ROOT}/nodes`,
    `${ROOT}/nodes/line\u2028break/status`,
    `${ROOT}/nodes/control\u0085/status`,
    `${ROOT}/hub/echo`,
    `${ROOT}/hub/status`,
    `${ROOT}/hub/verdicts/john-snow`,
    `${ROOT}/hub/verdicts/nobody`,
    `${ROOT}/alarm`,
    `${ROOT}/`,
    "rpi-cluster/v2/nodes/john-snow/status",
  ];
  for (const topic of topics) {
    for (const payload of ["{}", '{"kind":"farewell","session":"s"}', "", garbage()[0] ?? ""]) {
      await stranger.publish(topic, payload, payload.length % 2 === 0);
    }
  }
  const large = new Uint8Array(MEGABYTE).fill(0x7b);
  for (const leaf of ["status", "heartbeat", "vitals", "echo"]) {
    await stranger.publish(`${ROOT}/nodes/john-snow/${leaf}`, large);
    await stranger.publish(`${ROOT}/nodes/mallory/${leaf}`, large, true);
  }
  await stranger.publish(`${ROOT}/hub/echo`, large);
}

function residentKib({ process: { pid } }: TestProgram): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** Runs `attack`, and asserts that the programs survive, stay small and log little. */
async function withstand(
  story: Story,
  attack: () => Promise<void>,
  gainKibMax = GAIN_KIB_MAX,
): Promise<void> {
  const { cluster: { hub }, tracker, agent } = story;
  const programs = Object.entries({ hub, tracker, agent } as const);
  const before = programs.map(([name, program]) => ({
    name: name as keyof typeof GAIN_KIB_MAX,
    program,
    kib: residentKib(program),
    lines: program.process.lines.length,
  }));
  const beganMs = performance.now();
  await attack();
  const linesMax = LINES_MAX * Math.ceil((performance.now() - beganMs) / TWO_MINUTES_MS);
  for (const { name, program, kib, lines } of before) {
    assert.equal(program.process.hasEnded, false, program.process.lines.slice(-20).join("\n"));
    const gain = residentKib(program) - kib;
    assert.ok(gain < gainKibMax[name], `the ${name} gained ${gain} KiB`);
    const said = program.process.lines.slice(lines);
    assert.ok(
      said.length < linesMax,
      `${name}: ${said.length} lines, such as ${said.slice(-5).join("\n")}`,
    );
    for (const line of program.process.lines) {
      assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u.test(line), JSON.stringify(line));
      assert.ok(line.length < 10_000, `a line of ${line.length} characters`);
      // A program that can be tricked into a new line would begin it differently.
      assert.match(line, /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ \w+ {2}|LED |Listening)/);
    }
  }
}

async function assertRealDeathIsFound({ cluster, tracker, agent }: Story): Promise<void> {
  await agent.kill();
  await cluster.hub.waitForLiveness("john-snow", "dead");
  await tracker.process.line("a node died node=john-snow");
}

testWithBrokers("garbage on every topic changes nothing", async (broker) => {
  await using cluster = await broker.start({ hub: CALM });
  const tracker = await cluster.tracker("arya", { config: CALM });
  const agent = await cluster.agent("john-snow");
  await tracker.process.line("node=john-snow from=unknown to=up");
  const story = { cluster, tracker, agent };
  const stranger = new Stranger(cluster);
  await withstand(story, async () => {
    await throwGarbage(stranger, "mallory");
    await throwGarbage(stranger, "john-snow");
    await throwElsewhere(stranger);
    const misleading = JSON.stringify({ ...MISLEADING, session: crypto.randomUUID() });
    await stranger.publish(`${ROOT}/nodes/mallory/status`, misleading, true);
    const isSo = (node: NodeView) => node.id === "mallory" && node.name === MISLEADING.name;
    const node = await until("the name", async () => (await cluster.hub.nodes()).find(isSo));
    assert.equal(node.liveness, "alive");
    assert.equal(node.facts["model"], MISLEADING.model);
  });
  // The embedded broker ends connections that send too much, and drops what is forbidden.
  assert.equal(stranger.refusals > 30, broker.name !== "Mosquitto", `${stranger.refusals}`);
  const ids = (await cluster.hub.nodes()).map(({ id }) => id).filter((id) => id !== "arya");
  assert.deepEqual(ids.sort(), ["john-snow", "mallory"]);
  assert.deepEqual(changesOf(cluster.hub, "john-snow"), NEVER_LATE);
  assert.deepEqual(changesOf(tracker, "john-snow"), NEVER_LATE);
  await assertRealDeathIsFound(story);
});

Deno.test("a foreign session beside a node's own makes two machines, and no death", async () => {
  await using cluster = await MOSQUITTO.start({ hub: CALM });
  const tracker = await cluster.tracker("arya", { config: CALM });
  const agent = await cluster.agent("john-snow");
  const stranger = await cluster.client("mallory");
  const node = `${ROOT}/nodes/john-snow`;
  const beat = { session: "foreign", seq: 0, every_ms: 1000, up_ms: 0 };
  await stranger.publish(`${node}/heartbeat`, JSON.stringify(beat));
  const isWarned = async () =>
    (await cluster.hub.nodes()).some(({ id, warnings }) =>
      id === "john-snow" && warnings[0]?.startsWith('Two machines claim to be "john-snow"')
    );
  await until("the warning", isWarned);
  await tracker.process.line("two machines claim to be");
  await cluster.hub.waitForLiveness("john-snow", "alive");
  const farewell = { kind: "farewell", session: "stranger", reason: "stop" };
  await stranger.publish(`${node}/status`, JSON.stringify(farewell), { qos: 1, retain: true });
  await cluster.hub.waitForLiveness("john-snow", "left");
  await cluster.hub.waitForLiveness("john-snow", "alive");
  assert.deepEqual(deathsIn(cluster.hub), []);
  assert.deepEqual(deathsIn(tracker), []);
  await assertRealDeathIsFound({ cluster, tracker, agent });
});

Deno.test("more made-up nodes than possible fill no memory and hide no real death", async () => {
  const real = withSections(CALM, { cluster: { nodes: "john-snow" } });
  await using cluster = await MOSQUITTO.start({ hub: CALM, compiled: true });
  const [full, picky] = await Promise.all([
    cluster.tracker("arya"),
    cluster.tracker("sansa", { config: real }),
  ]);
  const agent = await cluster.agent("john-snow");
  const listener = await cluster.client("listener");
  await listener.subscribe(`${ROOT}/hub/verdicts/john-snow`, 1);
  const stranger = await cluster.client("mallory");
  await withstand({ cluster, tracker: full, agent }, async () => {
    for (let made = 0; made < MADE_UP_IDS; made++) {
      const beat = { session: `s${made}`, seq: 0, every_ms: 1000, up_ms: 0 };
      // The last one of a batch is acknowledged: the broker has read it.
      const qos = made % BATCH === BATCH - 1 ? 1 : 0;
      await stranger.publish(`${ROOT}/nodes/made-up-${made}/heartbeat`, JSON.stringify(beat), {
        qos,
      });
    }
    await cluster.hub.process.line("too many nodes: new ones are refused", FOUND);
    await full.process.line("too many nodes: new ones are refused", FOUND);
    // All of them fall silent, and are found dead.
    await until("the made-up nodes' deaths", async () => {
      const metrics = await cluster.hub.fetch("/metrics", {
        headers: { Authorization: `Bearer ${cluster.hub.password}` },
      });
      const text = await metrics.text();
      const [, dead] = /^rpi_cluster_transitions_total\{to="dead"\} (\d+)$/m.exec(text) ?? [];
      return Number(dead) > NODES_MAX - 100;
    }, { withinMs: 60_000 });
  }, COMPILED_GAIN_KIB_MAX);
  // A busy hub may receive it late, and then says so; it declares nobody dead for that.
  assert.ok(!verdictsOf(listener, "john-snow").includes("dead"));
  assert.deepEqual(changesOf(picky, "john-snow"), NEVER_LATE);

  await agent.kill();
  await until("the verdict", () => verdictsOf(listener, "john-snow").at(-1) === "dead", FOUND);
  await picky.process.line("a node died node=john-snow");
  await Promise.all([full.stop(), picky.stop(), cluster.hub.stop()]);
});
