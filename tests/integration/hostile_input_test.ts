/** Stories of strangers' bytes: the programs live, and what they say of real nodes stays right. */

import assert from "node:assert/strict";
import {
  BROKERS,
  changesOf,
  deathsIn,
  MOSQUITTO,
  ROOT,
  type TestCluster,
  verdictsOf,
} from "../support/cluster.ts";
import { TestClient } from "../support/mqtt_client.ts";
import type { Sections, TestProgram } from "../support/programs.ts";
import { until } from "../support/until.ts";

/** Resident memory that a program may gain, whatever is thrown at it; V8 takes some on loan. */
const GAIN_KIB_MAX = 1500 * 1024;
/** Lines that a program may log about all of the garbage. */
const LINES_MAX = 250;
/** Made-up ids, and how many of them at once. */
const MADE_UP_IDS = 10_000;
const BATCH = 100;
/** Until a node that really died is found dead while all this is digested. */
const FOUND: { readonly withinMs: number } = { withinMs: 30_000 };

const NEVER_LATE = ["unknown up"];
const MEGABYTE = 1024 * 1024;
const NESTED = 4000;

/** What may stand in a payload. */
function garbage(): readonly (string | Uint8Array)[] {
  const birth = { kind: "birth", session: "s", every_ms: 1000, reconnect_ms: 2000 };
  const beat = { session: "s", seq: 1, every_ms: 1000, up_ms: 1 };
  const json: readonly unknown[] = [
    null,
    [],
    [birth],
    7,
    "text",
    true,
    {},
    { kind: "resurrection", session: "s" },
    { kind: null },
    { kind: { kind: "birth" }, session: "s" },
    { ...birth, session: "" },
    { ...birth, session: "s".repeat(65) },
    { ...birth, session: "two words" },
    { ...birth, session: ["s"] },
    { ...birth, name: "N".repeat(64 * 1024) },
    { ...birth, name: "two\nlines\u001b[2J" },
    { ...birth, name: 7 },
    { ...birth, every_ms: "1000" },
    { ...birth, every_ms: -1 },
    { ...birth, every_ms: 1e999 },
    { ...birth, reconnect_ms: {} },
    { ...beat, seq: -1 },
    { ...beat, seq: 1.5 },
    { ...beat, seq: 2 ** 60 },
    { ...beat, seq: null },
    { ...beat, up_ms: "now" },
    { session: "s", cpu: { value: "much", level: "ok" } },
    { session: "s", cpu: { value: 1, level: "<script>alert(1)</script>" } },
    { session: "s", cpu: [] },
    { observer: "s", seq: "first" },
    { silenced_until: "for ever" },
  ];
  return [
    ...json.map((value) => JSON.stringify(value)),
    '{"kind":"birth","session":"s","every_ms":1000,"__proto__":{"kind":"farewell"},"constructor":1',
    "[".repeat(NESTED) + "]".repeat(NESTED),
    '{"a":'.repeat(NESTED / 2) + "1" + "}".repeat(NESTED / 2),
    "{",
    '{"kind":"bi',
    "\u0000\u0000",
    new Uint8Array([0xff, 0xfe, 0x00, 0x80, 0xc3, 0x28]),
    crypto.getRandomValues(new Uint8Array(4096)),
    new Uint8Array([...new TextEncoder().encode('{"kind":"'), 0xc3, 0x28, 0x22, 0x7d]),
  ];
}

/** Names and facts that decode, and shall stay text wherever they are shown. */
const DISGUISED = {
  kind: "birth",
  every_ms: 1000,
  reconnect_ms: 2000,
  name: "<script>alert(1)</script>",
  model: '"><img src=x onerror=alert(1)>',
  os: "$(reboot)\u2028\u202e",
  ["__proto__"]: { liveness: "dead" },
};

interface Story {
  readonly cluster: TestCluster;
  readonly tracker: TestProgram;
  readonly agent: TestProgram;
}

/** Garbage below the leaves that the stranger may write, live and retained. */
async function throwGarbage(stranger: TestClient, id: string): Promise<void> {
  for (const leaf of ["status", "heartbeat", "vitals", "echo", "config", "status/deeper"]) {
    for (const payload of garbage()) {
      if (stranger.isClosed) return;
      const retain = leaf === "status" && payload.length % 2 === 0;
      await stranger.publish(`${ROOT}/nodes/${id}/${leaf}`, payload, { qos: 1, retain });
    }
  }
}

/** Only a broker without rules lets anyone write these. */
async function throwElsewhere(stranger: TestClient): Promise<void> {
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
    `${ROOT}/nodes/line\u2028break\u0085/status`,
    `${ROOT}/hub/echo`,
    `${ROOT}/hub/status`,
    `${ROOT}/hub/verdicts/john-snow`,
    `${ROOT}/hub/verdicts/nobody`,
    `${ROOT}/alarm`,
    `${ROOT}/`,
    "rpi-cluster/v2/nodes/john-snow/status",
  ];
  for (const topic of topics) {
    for (const payload of ["{}", "", '{"kind":"farewell","session":"s"}', garbage()[0] ?? ""]) {
      await stranger.publish(topic, payload, { qos: 1, retain: payload.length % 2 === 0 });
    }
  }
  const large = new Uint8Array(MEGABYTE).fill(0x7b);
  for (const leaf of ["status", "heartbeat", "vitals", "echo"]) {
    await stranger.publish(`${ROOT}/nodes/john-snow/${leaf}`, large, { qos: 1 });
    await stranger.publish(`${ROOT}/nodes/mallory/${leaf}`, large, { qos: 1, retain: true });
  }
  await stranger.publish(`${ROOT}/hub/echo`, large, { qos: 1 });
}

function residentKib({ process: { pid } }: TestProgram): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** Runs `attack`, and asserts that the programs live, stay small and do not chatter. */
async function withstand(story: Story, attack: () => Promise<void>): Promise<void> {
  const programs = [story.cluster.hub, story.tracker, story.agent];
  const before = programs.map((program) => ({
    program,
    kib: residentKib(program),
    lines: program.process.lines.length,
  }));
  await attack();
  for (const { program, kib, lines } of before) {
    assert.equal(program.process.hasEnded, false, program.process.lines.slice(-20).join("\n"));
    const gain = residentKib(program) - kib;
    console.log("RSS", program.process.lines[0], kib, gain);
    assert.ok(gain < GAIN_KIB_MAX, `${program.process.lines[0]} gained ${gain} KiB`);
    const said = program.process.lines.slice(lines);
    assert.ok(
      said.length < LINES_MAX,
      `${said.length} lines, such as ${said.slice(-5).join("\n")}`,
    );
    for (const line of program.process.lines) {
      assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u.test(line), JSON.stringify(line));
      assert.ok(line.length < 10_000, `a line of ${line.length} characters`);
      // Whoever makes up a line of its own makes one that does not begin like ours.
      assert.match(line, /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \w+ \w+ {2}|LED |Listening)/);
    }
  }
}

async function assertRealDeathIsFound({ cluster, tracker, agent }: Story): Promise<void> {
  await agent.kill();
  await cluster.hub.waitForLiveness("john-snow", "dead");
  await tracker.process.line("a node died node=john-snow");
}

for (const broker of BROKERS) {
  Deno.test(`garbage on every topic changes nothing, with ${broker.name}`, async () => {
    await using cluster = await broker.start();
    const tracker = await cluster.tracker("arya");
    const agent = await cluster.agent("john-snow");
    await tracker.process.line("node=john-snow from=unknown to=up");
    const story = { cluster, tracker, agent };
    await withstand(story, async () => {
      const stranger = await cluster.client("mallory");
      await throwGarbage(stranger, "mallory");
      const session = crypto.randomUUID();
      const disguised = JSON.stringify({ ...DISGUISED, session });
      const again = await cluster.client("mallory");
      await again.publish(`${ROOT}/nodes/mallory/status`, disguised, { qos: 1, retain: true });
      if (broker.name === "Mosquitto") {
        await throwGarbage(stranger, "john-snow");
        await throwElsewhere(stranger);
      } else {
        await assertEmbeddedRefuses(cluster);
      }
      const node = await cluster.hub.waitForLiveness("mallory", "alive");
      assert.equal(node.name, DISGUISED.name);
      assert.equal(node.facts["model"], DISGUISED.model);
    });
    const ids = (await cluster.hub.nodes()).map(({ id }) => id).filter((id) => id !== "arya");
    assert.deepEqual(ids.sort(), ["john-snow", "mallory"]);
    assert.deepEqual(changesOf(cluster.hub, "john-snow"), NEVER_LATE);
    assert.deepEqual(changesOf(tracker, "john-snow"), NEVER_LATE);
    await assertRealDeathIsFound(story);
  });
}

/** What its limits forbid ends the stranger's connection. */
async function assertEmbeddedRefuses(cluster: TestCluster): Promise<void> {
  const publications = [
    { topic: `${ROOT}/nodes/mallory/status`, payload: new Uint8Array(MEGABYTE) },
    { topic: `${ROOT}/nodes/john-snow/status`, payload: "{}" },
    { topic: `${ROOT}/hub/echo`, payload: "{}" },
    { topic: `${ROOT}/hub/verdicts/john-snow`, payload: "{}" },
  ];
  for (const { topic, payload } of publications) {
    const stranger = await cluster.client("mallory");
    await assert.rejects(stranger.publish(topic, payload, { qos: 1 }), topic);
  }
}

Deno.test("a foreign session beside a node's own makes two machines, and no death", async () => {
  await using cluster = await MOSQUITTO.start();
  const tracker = await cluster.tracker("arya");
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

Deno.test("ten thousand made-up nodes fill no memory and hide no real death", async () => {
  const real: Sections = { cluster: { nodes: "john-snow" } };
  await using cluster = await MOSQUITTO.start();
  const [crowd, picky] = await Promise.all([
    cluster.tracker("arya"),
    cluster.tracker("sansa", { config: real }),
  ]);
  const agent = await cluster.agent("john-snow");
  const listener = await cluster.client("listener");
  await listener.subscribe(`${ROOT}/hub/verdicts/john-snow`, 1);
  const stranger = await cluster.client("mallory");
  await withstand({ cluster, tracker: crowd, agent }, async () => {
    for (let made = 0; made < MADE_UP_IDS; made++) {
      const beat = { session: `s${made}`, seq: 0, every_ms: 1000, up_ms: 0 };
      // The last of a batch is acknowledged: the broker has read it.
      const qos = made % BATCH === BATCH - 1 ? 1 : 0;
      await stranger.publish(`${ROOT}/nodes/made-up-${made}/heartbeat`, JSON.stringify(beat), {
        qos,
      });
    }
    await cluster.hub.process.line("too many nodes: new ones are refused", FOUND);
    await crowd.process.line("too many nodes: new ones are refused", FOUND);
    // All of them fall silent, and are found dead.
    await until("the made-up nodes' deaths", async () => {
      const metrics = await cluster.hub.fetch("/metrics", {
        headers: { Authorization: `Bearer ${cluster.hub.password}` },
      });
      const text = await metrics.text();
      return Number(/^rpi_cluster_transitions_total\{to="dead"\} (\d+)$/m.exec(text)?.[1]) > 4900;
    }, { withinMs: 60_000 });
  });
  assert.deepEqual(verdictsOf(listener, "john-snow"), ["alive"]);
  assert.deepEqual(changesOf(picky, "john-snow"), NEVER_LATE);

  await agent.kill();
  await until("the verdict", () => verdictsOf(listener, "john-snow").at(-1) === "dead", FOUND);
  await picky.process.line("a node died node=john-snow");
  assert.deepEqual(verdictsOf(listener, "john-snow"), ["alive", "suspect", "dead"]);
  await Promise.all([crowd.stop(), picky.stop(), cluster.hub.stop()]);
});
