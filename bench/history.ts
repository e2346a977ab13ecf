/** What it costs to remember: bytes on the card, and how long the past of many nodes takes to tell. */

import { newNode, type NodeState } from "../core/detection/node_state.ts";
import type { Vitals } from "../core/protocol/vitals.ts";
import { recipientsOf } from "../hub/delivery/recipients.ts";
import { Availability } from "../hub/history/availability.ts";
import { Recorder } from "../hub/history/recorder.ts";
import { VitalsHistory } from "../hub/history/vitals_history.ts";
import { Projection } from "../hub/live/projection.ts";
import { Store } from "../hub/store/store.ts";
import { TemporaryFolder } from "../tests/support/program/temporary_folder.ts";
import { HandClock } from "../tests/support/time/hand_clock.ts";
import { describeMs } from "./statistics.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NODES = 20;
const MANY_NODES = 1000;
/** Of each of many nodes within 30 days: more than three a day. */
const TRANSITIONS = 100;
const TRIALS = 10;

export async function benchHistory(): Promise<readonly string[]> {
  const nodes = Array.from({ length: NODES }, (_, index) => nodeOf(index));
  const without = writtenInADay(nodes, false);
  const all = writtenInADay(nodes, true);
  return [
    `history, ${NODES} nodes: ${megabytes(all.bytes)} written a day, ` +
    `${megabytes(without.bytes)} of them signs of life; ` +
    `${megabytes(all.size)} after the first day`,
    ...await tellMany(),
  ];
}

/** A day of a hub that saves once a minute, as it does; its nodes report what they measure each 30 s. */
function writtenInADay(
  nodes: readonly NodeState[],
  withVitals: boolean,
): { readonly bytes: number; readonly size: number } {
  using folder = new TemporaryFolder();
  const path = folder.file("hub.db");
  using store = new Store(path);
  const clock = new HandClock();
  const recorder = new Recorder(store, recipientsOf([]), clock);
  const vitals = new VitalsHistory(store, clock);
  store.visibility.begin(clock.wallMs(0), clock.wallMs(0));
  const beforeBytes = writtenBytes();
  for (let halfMinute = 1; halfMinute <= DAY_MS / MINUTE_MS * 2; halfMinute++) {
    clock.moveTo(halfMinute * MINUTE_MS / 2);
    for (const node of nodes) {
      node.lastHeardMs = clock.nowMs();
      if (withVitals) vitals.take(node.id, vitalsAt(halfMinute));
    }
    if (halfMinute % 2 === 1) continue;
    store.transaction(() => {
      recorder.saveNodes(nodes);
      vitals.save();
    });
  }
  return { bytes: writtenBytes() - beforeBytes, size: Deno.statSync(path).size };
}

/** What this process has given to the kernel to write, so far. */
function writtenBytes(): number {
  const [, bytes] = /^wchar: (\d+)$/m.exec(Deno.readTextFileSync("/proc/self/io")) ?? [];
  return Number(bytes);
}

async function tellMany(): Promise<readonly string[]> {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const clock = new HandClock();
  const projection = new Projection(clock);
  const nowMs = clock.wallMs(0);
  store.transaction(() => {
    store.visibility.begin(nowMs - 40 * DAY_MS, nowMs - 40 * DAY_MS);
    for (let index = 0; index < MANY_NODES; index++) {
      const { id } = nodeOf(index);
      projection.update(newNode(id, 0, true));
      for (let count = 0; count < TRANSITIONS; count++) {
        const atMs = nowMs - 30 * DAY_MS * (1 - count / TRANSITIONS);
        const to = count % 2 === 0 ? "alive" : "suspect";
        store.transitions.add({ node: id, from: "alive", to, reason: "silence", atMs });
      }
    }
  });
  const took: number[] = [];
  const held: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const availability = new Availability(store, projection, clock);
    const beganMs = performance.now();
    let lastMs = beganMs;
    const timer = setInterval(() => {
      held.push(performance.now() - lastMs);
      lastMs = performance.now();
    }, 0);
    await availability.ofAll("30d");
    clearInterval(timer);
    took.push(performance.now() - beganMs);
  }
  return [
    `history, availability of ${MANY_NODES} nodes in 30 days with ${TRANSITIONS} changes each: ` +
    describeMs(took),
    `history, how long that keeps the hub from all else at a stretch: ${describeMs(held)}`,
  ];
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

function vitalsAt(instant: number): Vitals {
  const swing = Math.sin(instant / 100);
  return {
    temperature: { value: Math.round((50 + 10 * swing) * 10) / 10, level: "ok" },
    cpu: { value: Math.round(20 + 15 * swing), level: "ok" },
    memory: { value: Math.round(40 + 5 * swing), level: "ok" },
    disk: { value: 27, level: "ok" },
    under_voltage: { value: false, level: "ok" },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
