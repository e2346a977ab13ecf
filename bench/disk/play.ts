/**
 * Simulates a hub's store for some time. Prints how much this process wrote to the disk, and its CPU
 * time, including the creation of the messages. It runs in a separate process, in this tree and in a
 * copy of an earlier commit, so it uses only what both have.
 */

import process from "node:process";
import { monitorMachine } from "../../core/alerting/policy/monitor.ts";
import { newCluster } from "../../core/detection/cluster_state.ts";
import { newNode, type NodeState } from "../../core/detection/node_state.ts";
import type { Vitals } from "../../core/protocol/vitals.ts";
import type { NodeMessage } from "../../core/protocol/wire.ts";
import { recipientsOf } from "../../hub/delivery/recipients.ts";
import { Recorder } from "../../hub/history/recorder.ts";
import { VitalsHistory } from "../../hub/history/vitals_history.ts";
import { WallClock } from "../../hub/host/wall_clock.ts";
import { Store } from "../../hub/store/store.ts";
import { RULES, startOf } from "../../tests/support/alerting/policy_score.ts";
import { OBSERVER, TIMING } from "../../tests/support/detection/cluster_score.ts";
import { TemporaryFolder } from "../../tests/support/program/temporary_folder.ts";
import { bootOf, HandClock } from "../../tests/support/time/hand_clock.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The interval of vitals while nothing changes. */
const VITALS_EVERY_MS = 30 * SECOND_MS;
/** The node that dies is heard for this long, and then silent for this long. */
const HEARD_MS = 3 * SECOND_MS;
const SILENT_MS = 7 * SECOND_MS;

/** A hub's store and the parts that write into it. */
class Hub implements Disposable {
  readonly clock = new HandClock();
  readonly store: Store;
  readonly recorder: Recorder;
  readonly #folder = new TemporaryFolder();
  readonly #vitals: VitalsHistory;
  readonly #wallClock: WallClock;
  #savedMs = 0;

  constructor() {
    this.store = new Store(this.#folder.file("hub.db"));
    const { clock, store } = this;
    this.#wallClock = new WallClock({ clock, boot: bootOf(clock), store });
    this.recorder = new Recorder(store, recipientsOf([]), this.#wallClock);
    this.#vitals = new VitalsHistory(store, this.#wallClock);
    store.visibility.begin(clock.wallMs(0), clock.wallMs(0));
  }

  hear(node: NodeState, vitals: Vitals): void {
    node.lastHeardMs = this.clock.nowMs();
    this.#vitals.take(node.id, vitals);
  }

  /** Called once a minute, like in the hub's loop. */
  save(heard: Iterable<NodeState>): void {
    if (this.clock.nowMs() - this.#savedMs < MINUTE_MS) return;
    this.#savedMs = this.clock.nowMs();
    const { keep }: { readonly keep?: () => Iterable<void> } = this.#vitals;
    this.store.transaction(() => {
      this.recorder.saveNodes(heard);
      // Earlier versions wrote vitals together with the nodes.
      if (keep === undefined) this.#vitals.save();
      this.#wallClock.stamp();
    });
    for (const _ of keep?.call(this.#vitals) ?? []);
  }

  /**
   * The bytes that the kernel wrote to a disk for this process; 0 on a tmpfs. It first moves the
   * journal into the file, because SQLite does this later anyway.
   */
  writtenBytes(): number {
    this.store.writeThrough?.file?.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    const [, bytes] = /^write_bytes: (\d+)$/m.exec(Deno.readTextFileSync("/proc/self/io")) ?? [];
    return Number(bytes);
  }

  [Symbol.dispose](): void {
    this.#wallClock[Symbol.dispose]();
    this.store[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

/** The written bytes and the CPU time since an instant. */
interface Played {
  readonly bytes: number;
  readonly cpuMs: number;
}

function countFrom(hub: Hub): () => Played {
  const bytes = hub.writtenBytes();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { bytes: hub.writtenBytes() - bytes, cpuMs: (user + system) / 1000 };
  };
}

/** Nothing happens: nodes are alive and report their vitals. The hours before are not counted. */
function playQuiet(count: number, hoursBefore: number, hours: number): Played {
  using hub = new Hub();
  const nodes = Array.from({ length: count }, (_, index) => nodeOf(index));
  const playUntil = (untilMs: number) => {
    while (hub.clock.nowMs() < untilMs) {
      hub.clock.moveTo(hub.clock.nowMs() + VITALS_EVERY_MS);
      nodes.forEach((node, index) => hub.hear(node, vitalsAt(index, hub.clock.nowMs())));
      hub.save(nodes);
    }
  };
  playUntil(HOUR_MS * hoursBefore);
  const played = countFrom(hub);
  playUntil(HOUR_MS * (hoursBefore + hours));
  return played();
}

/** One node dies and returns repeatedly. */
function playFlapping(hours: number): Played {
  using hub = new Hub();
  const { clock, recorder } = hub;
  const machine = monitorMachine({ timing: TIMING, observer: OBSERVER }, RULES);
  const state = { cluster: newCluster([]), policy: startOf(RULES, {}) };
  const step = (input: Parameters<typeof machine.step>[1]) => {
    const [, outputs] = machine.step(state, input, clock.nowMs());
    recorder.record([{ outputs }], state.cluster);
    for (const output of outputs) {
      if (output.kind !== "send_echo") continue;
      step({ kind: "echo", node: undefined, observer: OBSERVER, seq: output.seq });
    }
  };
  const pass = (untilMs: number) => {
    while (machine.deadlineMs(state) <= untilMs) {
      clock.moveTo(machine.deadlineMs(state));
      step({ kind: "tick" });
    }
    clock.moveTo(untilMs);
    hub.save(state.cluster.nodes.values());
  };
  const say = (message: NodeMessage) =>
    step({ kind: "evidence", node: "robb", message, retained: false });
  step({ kind: "link", up: true });
  const played = countFrom(hub);
  for (let cycle = 0; clock.nowMs() < hours * HOUR_MS; cycle++) {
    const session = `s-${cycle}`;
    const everyMs = SECOND_MS;
    say({ kind: "birth", session, name: "Robb", facts: {}, everyMs, reconnectMs: 2000 });
    for (let upMs = 0; upMs < HEARD_MS; upMs += everyMs) {
      pass(clock.nowMs() + everyMs);
      say({ kind: "heartbeat", session, seq: upMs / everyMs, everyMs, upMs, storage: "ok" });
    }
    pass(clock.nowMs() + SILENT_MS);
  }
  return played();
}

function nodeOf(index: number): NodeState {
  const node = newNode(`raspberry-pi-${index}`, 0, true);
  node.name = `Raspberry Pi ${index}`;
  node.session = crypto.randomUUID();
  node.facts = {
    model: "Raspberry Pi 4 Model B Rev 1.5",
    serial: "10000000abcdef01",
    os: "Debian GNU/Linux 13 (trixie)",
    kernel: "6.12.47+rpt-rpi-v8",
    architecture: "aarch64",
    hostname: `raspberry-pi-${index}`,
    addresses: ["192.168.178.101", "fd00::ba27:ebff:fe01:2345"],
    boot_id: crypto.randomUUID(),
    version: "0.1.0",
  };
  return node;
}

/** Each node has other vitals, and they always change a little. */
function vitalsAt(index: number, nowMs: number): Vitals {
  const at = nowMs / MINUTE_MS + index;
  const noise = Math.abs(Math.sin(at * 12.9898 + index * 78.233) * 43758.5453) % 1;
  return {
    temperature: {
      value: Math.round((50 + 10 * Math.sin(at / 50) + noise) * 10) / 10,
      level: "ok",
    },
    cpu: { value: Math.round(20 + 15 * Math.sin(at / 70) + 4 * noise), level: "ok" },
    memory: { value: Math.round(40 + 5 * Math.sin(at / 200)), level: "ok" },
    disk: { value: 27, level: "ok" },
    under_voltage: { value: false, level: "ok" },
  };
}

const [scenario, ...counts] = Deno.args;
const [nodes = 0, hoursBefore = 0, hours = 0] = counts.map(Number);
const isQuiet = scenario === "quiet";
const played = isQuiet ? playQuiet(nodes, hoursBefore, hours) : playFlapping(hours);
console.log(JSON.stringify(played));
