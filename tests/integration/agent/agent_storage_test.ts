/** Agents on a disk that dies: what is in memory goes on, and says so. */

import assert from "node:assert/strict";
import { ownArchitecture } from "../../../scripts/permissions.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import type { HeardMessage, TestClient } from "../../support/broker/mqtt_client.ts";
import { configFor, END_MS, isOf, jsonOf, listen } from "../../support/nodes/agent_wire.ts";
import { furnish, USER } from "../../support/nodes/own_root.ts";
import { runCommand } from "../../support/program/command.ts";
import { isMissing } from "../../support/program/executable.ts";
import { startAgent, type TestProgram } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { FailingDisk } from "../../support/store/failing_disk.ts";
import { throughFastClock } from "../../support/time/faketime.ts";
import { until } from "../../support/time/until.ts";
import { isInTime } from "../../support/time/patience.ts";

/** For minutes on a clock that is ten times as fast, on a busy machine. */
const MINUTES = { withinMs: 180_000 };
/** By then all that an agent runs every minute is in memory: what is not is read from its disk. */
const WARM_UP_MS = 240_000;
/** By then three checks were made. */
const CHECKED_MS = 130_000;
/** The shell, the one that it made of itself to listen, and what hangs. */
const CHILDREN_MAX = 3;

interface Fixture {
  readonly disk: FailingDisk;
  readonly agent: TestProgram;
  readonly listener: TestClient;
}

const isRoot = Deno.uid() === 0;
const mayNot = !isRoot && Deno.env.get("CI") !== "true";
const remark = isRoot ? "" : " (only root may do that to a machine)";

/** A compiled agent whose root is the disk, played beside the others: it mostly waits. */
interface Story {
  readonly name: string;
  readonly play: (fixture: Fixture) => Promise<void>;
}

async function onDisk({ play }: Story): Promise<void> {
  await using disk = await FailingDisk.mount();
  const through = await furnish(disk);
  await using broker = await Mosquitto.start();
  await using listener = await listen(broker.port);
  await using agent = await startAgent(configFor(broker.port), { compiled: true, through });
  try {
    await heard(listener, ({ storage, up_ms }) => storage === "ok" && Number(up_ms) > WARM_UP_MS);
    await play({ disk, agent, listener });
  } finally {
    // What hangs cannot be ended.
    await disk.turn("well");
  }
}

/** Waits for a heartbeat that is said from now on. */
async function heard(
  listener: TestClient,
  isIt: (beat: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  const from = listener.messages.length;
  const isWanted = (message: HeardMessage) => isOf("heartbeat")(message) && isIt(jsonOf(message));
  try {
    await until("such a heartbeat", () => listener.messages.slice(from).some(isWanted), MINUTES);
  } catch (error) {
    const last = listener.messages.findLast(isOf("heartbeat"))?.payload;
    throw new Error(`the last heartbeat was ${last}`, { cause: error });
  }
}

/** Writes a new file there, and returns whether the file system is read-only by now. */
async function isRefused(path: string): Promise<boolean> {
  try {
    await Deno.writeTextFile(`${path}-${crypto.randomUUID()}`, "a line");
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes("os error 30");
  }
}

/** As `PID STATE`, of all generations. */
async function childrenOf(pid: number): Promise<readonly string[]> {
  const { stdout } = await runCommand("ps", { args: ["--no-headers", "-eo", "pid,ppid,stat"] });
  const rows = stdout.trim().split("\n").map((row) => row.trim().split(/\s+/));
  const below = (parent: string): string[] =>
    rows.flatMap(([child, its, state]) =>
      its === parent && child ? [`${child} ${state}`, ...below(child)] : []
    );
  return below(String(pid));
}

/** It starts no more of them: its user has more than one already. */
async function limitProcesses(pid: string): Promise<void> {
  const user = ["--reuid", String(USER), "--regid", String(USER), "--clear-groups"];
  const limit = ["prlimit", "--pid", pid, "--nproc=1"];
  const { code, stderr } = await runCommand("setpriv", { args: [...user, ...limit] });
  assert.equal(code, 0, stderr);
}

const STORIES: readonly Story[] = [
  {
    name: "card stops answering says so, and beats on",
    async play(fixture) {
      const { disk, agent, listener } = fixture;
      await disk.turn("mute");
      await heard(
        listener,
        ({ storage, storage_fault: fault }) => storage === "critical" && fault === "no_answer",
      );
      await agent.process.line(/error storage\b.*fails.*no_answer/);
      // It goes on for minutes, and neither children nor zombies add up.
      const beats = () => listener.messages.filter(isOf("heartbeat")).length;
      const before = beats();
      await until("3 minutes of heartbeats", () => beats() > before + 180, MINUTES);
      const children = await childrenOf(agent.process.pid);
      assert.ok(children.length <= CHILDREN_MAX, children.join(", "));
      assert.ok(children.some((child) => child.includes("D")), `none hangs: ${children}`);
    },
  },
  {
    name: "card errs says so, and says when it works again",
    async play(fixture) {
      const { disk, listener } = fixture;
      // Writes work: after a failed one the disk stays read-only, also when it is well again.
      await disk.turn("bad_reads");
      await heard(listener, ({ storage_fault: fault }) => fault === "errors");
      await disk.turn("well");
      await heard(listener, ({ storage }) => storage === "ok");
    },
  },
  {
    name: "root turns read-only says so",
    async play({ disk, listener }) {
      await disk.turn("bad_writes");
      // Somebody writes now and then, the kernel finds that it cannot, and takes writing away.
      await until("the disk to be read-only", () => isRefused(`${disk.path}/log`), MINUTES);
      await heard(listener, ({ storage_fault: fault }) => fault === "read_only");
    },
  },
  {
    name: "machine starts no process any more says so",
    async play(fixture) {
      const { agent, listener } = fixture;
      const children = await childrenOf(agent.process.pid);
      for (
        const pid of [
          String(agent.process.pid),
          ...children.map((child) => child.split(" ")[0]),
        ]
      ) {
        await limitProcesses(String(pid));
      }
      await heard(listener, ({ storage_fault: fault }) => fault === "no_process");
    },
  },
];

Deno.test({
  name: `a compiled agent on a disk that dies says so, and beats on${remark}`,
  ignore: mayNot || isMissing("agent", ownArchitecture()),
  async fn(test) {
    const beside = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };
    const told = STORIES.map((story) =>
      test.step({ name: story.name, ...beside, fn: () => onDisk(story) })
    );
    assert.ok((await Promise.all(told)).every((isWell) => isWell));
  },
});

Deno.test({
  name: `an agent whose state's disk hangs says so, and ends in time with its farewell${remark}`,
  ignore: mayNot,
  async fn() {
    await using disk = await FailingDisk.mount();
    await using broker = await Mosquitto.start();
    await using listener = await listen(broker.port);
    await using agent = await startAgent(configFor(broker.port), {
      through: throughFastClock({ STATE_DIRECTORY: disk.path }),
    });
    await heard(listener, ({ storage }) => storage === "ok");
    await disk.turn("mute");
    await heard(listener, ({ storage_fault: fault }) => fault === "no_answer");
    const askedMs = performance.now();
    await agent.stop();
    assert.ok(isInTime(performance.now() - askedMs, END_MS), "its end waits for the disk");
    await listener.heard(
      "the farewell",
      (message) => isOf("status")(message) && jsonOf(message).kind === "farewell",
    );
  },
});

const TROUBLES = [
  { what: "has no dd", tool: "/usr/bin/dd", text: "#!/bin/sh\n", mode: 0o644 },
  { what: "has a broken dd", tool: "/usr/bin/dd", text: "#!/bin/sh\nexit 1\n", mode: 0o755 },
  { what: "has no shell", tool: "/bin/sh", text: "no program", mode: 0o644 },
] as const;

for (const { what, tool, text, mode } of TROUBLES) {
  Deno.test({
    name: `an agent on a machine that ${what} says nothing of its storage${remark}`,
    ignore: mayNot,
    async fn() {
      using folder = new TemporaryFolder();
      const path = folder.write("tool", text);
      Deno.chmodSync(path, mode);
      const script = `mount --bind ${path} $(realpath ${tool}) && exec "$@"`;
      await using broker = await Mosquitto.start();
      await using listener = await listen(broker.port);
      await using agent = await startAgent(configFor(broker.port), {
        through: ["unshare", "--mount", "sh", "-c", script, "sh", ...throughFastClock({})],
      });
      await heard(listener, ({ up_ms }) => Number(up_ms) > CHECKED_MS);
      const beats = listener.messages.filter(isOf("heartbeat")).map(jsonOf);
      assert.deepEqual(beats.filter(({ storage }) => storage !== undefined), []);
      await agent.stop();
    },
  });
}
