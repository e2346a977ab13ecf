/** A day of a message storm, played in seconds: how much it makes the hub write. */

import assert from "node:assert/strict";
import { monitorMachine } from "../../../core/alerting/policy/monitor.ts";
import { type ClusterInput, newCluster } from "../../../core/detection/cluster_state.ts";
import { NodeRates, type RateKind } from "../../../core/limits/node_rates.ts";
import type { NodeMessage } from "../../../core/protocol/wire.ts";
import { recipientsOf } from "../../../hub/delivery/recipients.ts";
import { Recorder } from "../../../hub/history/recorder.ts";
import { Store } from "../../../hub/store/store.ts";
import { RULES, startOf } from "../../support/alerting/policy_score.ts";
import { OBSERVER, TIMING } from "../../support/detection/cluster_score.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const DAY_MS = 24 * 3_600_000;
/**
 * The time between two messages: faster than the status limit, and no divisor of the storm's
 * intervals.
 */
const EVERY_MS = 310;
const WRITTEN_MAX = 100_000_000;

/** Returns the bytes that this process has written to the disk. */
function writtenBytes(): number {
  const [, bytes] = /^write_bytes: (\d+)$/m.exec(Deno.readTextFileSync("/proc/self/io")) ?? [];
  return Number(bytes);
}

/**
 * A birth of another boot, its end in order or without a farewell, and heartbeats of yet another
 * session.
 */
function said(count: number): { readonly kind: RateKind; readonly message: NodeMessage } {
  const session = `s-${Math.floor(count / 4)}`;
  const facts = { boot_id: session, serial: "10000000aaaaaaaa" };
  switch (count % 4) {
    case 0: {
      const pace = { everyMs: 1000, reconnectMs: 2000 };
      return { kind: "status", message: { kind: "birth", session, name: "Robb", facts, ...pace } };
    }
    case 1:
      return {
        kind: "heartbeat",
        message: {
          kind: "heartbeat",
          session: count % 8 === 1 ? session : `other-${count}`,
          seq: count,
          everyMs: 1000,
          upMs: count,
          storage: count % 16 === 1 ? "ok" : "errors",
        },
      };
    case 2:
      return { kind: "status", message: { kind: "last_will", session } };
    default:
      return count % 8 === 3
        ? { kind: "status", message: { kind: "farewell", session, reason: "stop" } }
        : { kind: "status", message: { kind: "last_will", session } };
  }
}

Deno.test("a day of everything that one node can say writes less than 100 MB, and few messages are sent", () => {
  using folder = new TemporaryFolder();
  using store = new Store(folder.file("hub.db"));
  const clock = new HandClock();
  const recorder = new Recorder(store, recipientsOf([]), clock);
  const machine = monitorMachine({ timing: TIMING, observer: OBSERVER }, RULES);
  const state = { cluster: newCluster([]), policy: startOf(RULES, {}) };
  const rates = new NodeRates<ClusterInput>(() => true);
  const told: string[] = [];
  const step = (input: Parameters<typeof machine.step>[1]) => {
    const [, outputs] = machine.step(state, input, clock.nowMs());
    for (const output of outputs) {
      if (output.kind === "alert") told.push(...output.items.map(({ kind }) => kind));
      if (output.kind !== "send_echo") continue;
      step({ kind: "echo", node: undefined, observer: OBSERVER, seq: output.seq });
    }
    recorder.record([{ outputs }], state.cluster);
  };
  const pass = (untilMs: number) => {
    for (;;) {
      const nextMs = Math.min(rates.deadlineMs(), machine.deadlineMs(state));
      if (nextMs > untilMs) break;
      clock.moveTo(nextMs);
      rates.wake(clock.nowMs()).forEach(step);
      if (machine.deadlineMs(state) <= clock.nowMs()) step({ kind: "tick" });
    }
    clock.moveTo(untilMs);
  };
  const before = writtenBytes();
  step({ kind: "link", up: true });
  for (let count = 0; count * EVERY_MS < DAY_MS; count++) {
    const { kind, message } = said(count);
    const input = { kind: "evidence", node: "robb", message, retained: false } as const;
    rates.take({ from: "robb", kind }, input, clock.nowMs()).messages.forEach(step);
    pass((count + 1) * EVERY_MS);
  }
  const written = writtenBytes() - before;
  assert.ok(written < WRITTEN_MAX, `${written} bytes`);
  const isFault = (kind: string) => kind.startsWith("fault");
  assert.ok(told.length - told.filter(isFault).length <= 10, told.join(" "));
  assert.ok(told.filter(isFault).length <= 6 + 48, told.join(" "));
});
