/**
 * Whatever happens to the observer's own network, no living node is declared dead, and deaths are
 * found.
 */

import fc from "fast-check";
import assert from "node:assert/strict";
import type { ClusterInput } from "../../../core/detection/cluster_state.ts";
import type { SendProbe } from "../../../core/network/probe.ts";
import { birth, heartbeat, live, playCluster } from "../../support/detection/cluster_score.ts";
import type { Note } from "../../support/detection/score.ts";

const END_MS = 400_000;
/** TCP retransmits lost data after this long, and each time after twice as long. */
const RTO_MS = 200;
/** An agent without an answer for this long opens a new connection, and retries this often. */
const GIVES_UP_MS = 15_000;
const RECONNECT_MS = 2000;
/** A lost SYN is sent again after this long, and a probe ends some time later. */
const SYN_AGAIN_MS = 1000;
const PROBE_MS = 1300;
/** The longest time from a death, or from the end of the last outage after it, to the verdict. */
const TOLD_WITHIN_MS = 5100;
const TOLD_AFTER_OUTAGE_MS = 160_000;

/** The observer's own network is out. */
interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
  /** The interface loses its carrier, and the observer is informed. */
  readonly losesCarrier: boolean;
}

interface World {
  readonly outages: readonly Outage[];
  /**
   * For each node: the instant of its death, or `undefined`, and the phase of its heartbeats in a
   * second.
   */
  readonly nodes: readonly { readonly diesMs: number | undefined; readonly phaseMs: number }[];
}

const anyWorld: fc.Arbitrary<World> = fc.record({
  outages: fc.array(
    fc.record({
      gapMs: fc.integer({ min: 30_000, max: 60_000 }),
      lengthMs: fc.oneof(
        fc.integer({ min: 200, max: 8000 }),
        fc.integer({ min: 8000, max: 120_000 }),
      ),
      losesCarrier: fc.boolean(),
    }),
    { maxLength: 2 },
  ).map((gaps) => {
    let atMs = 0;
    return gaps.map(({ gapMs, lengthMs, losesCarrier }) => {
      const fromMs = atMs + gapMs;
      atMs = fromMs + lengthMs;
      return { fromMs, toMs: atMs, losesCarrier };
    });
  }),
  nodes: fc.array(
    fc.record({
      diesMs: fc.option(fc.integer({ min: 20_000, max: 150_000 }), { nil: undefined }),
      phaseMs: fc.integer({ min: 0, max: 999 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

function outageAt({ outages }: World, atMs: number): Outage | undefined {
  return outages.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}

/** When a message that was sent at an instant arrives. */
function arrivalMs(world: World, sentMs: number): number {
  const outage = outageAt(world, sentMs);
  if (outage === undefined) return sentMs;
  for (let waitMs = RTO_MS; waitMs <= GIVES_UP_MS; waitMs = 2 * waitMs + RTO_MS) {
    if (outageAt(world, sentMs + waitMs) === undefined) return sentMs + waitMs;
  }
  return outage.toMs + RECONNECT_MS;
}

function heard(world: World): Note<ClusterInput>[] {
  return world.nodes.flatMap(({ diesMs = Infinity, phaseMs }, index) => {
    const id = `pi-${index}`;
    const session = `${id}-a`;
    const born = birth(session, { facts: { addresses: [`192.0.2.${10 + index}`] } });
    const notes: Note<ClusterInput>[] = [[10 + phaseMs, live(id, born)]];
    let lastMs = 0;
    for (let seq = 0; seq < END_MS / 1000; seq++) {
      const sentMs = 1000 * (seq + 1) + phaseMs;
      if (sentMs >= diesMs) break;
      // One stream keeps its order.
      lastMs = Math.max(lastMs, arrivalMs(world, sentMs));
      notes.push([lastMs, live(id, heartbeat(session, seq))]);
    }
    return notes;
  });
}

function links({ outages }: World): Note<ClusterInput>[] {
  return outages.filter(({ losesCarrier }) => losesCarrier).flatMap(({ fromMs, toMs }) => [
    [fromMs + 100, { kind: "network_link", up: false }] as const,
    [toMs + 100, { kind: "network_link", up: true }] as const,
  ]);
}

/** A gateway that refuses connections, unless the network is out. */
function probe(world: World): (asked: SendProbe, atMs: number) => Note<ClusterInput> {
  return ({ seq }, startedMs) => {
    const tookMs = [1, SYN_AGAIN_MS].find((ms) =>
      outageAt(world, startedMs + ms - 1) === undefined
    );
    const result = {
      target: { kind: "gateway", host: "192.0.2.1" },
      reach: "on_link",
      device: "eth0",
      answer: tookMs === undefined ? "no_answer" : "refused",
      tookMs: tookMs ?? PROBE_MS,
    } as const;
    const probed = { kind: "probed", seq, startedMs, results: [result] } as const;
    return [startedMs + PROBE_MS, probed];
  };
}

Deno.test("an outage of the observer's network causes no death, and hides none for ever", () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { played } = playCluster({
        notes: [...heard(world), ...links(world)],
        untilMs: END_MS,
        options: { network: { bootId: "own", ownNode: "hub" } },
        probe: probe(world),
      });
      const told = new Map<string, number>();
      for (const { atMs, output } of played) {
        if (output.kind !== "transition" || output.to !== "dead") continue;
        const node = world.nodes[Number(output.node.slice(3))];
        assert.ok(node?.diesMs !== undefined && node.diesMs <= atMs, `${output.node} lives`);
        told.set(output.node, atMs);
      }
      for (const [index, { diesMs }] of world.nodes.entries()) {
        if (diesMs === undefined) continue;
        const late = world.outages.filter(({ toMs }) => toMs > diesMs - 30_000);
        const dueMs = late.length === 0
          ? diesMs + TOLD_WITHIN_MS
          : Math.max(diesMs, ...late.map(({ toMs }) => toMs)) + TOLD_AFTER_OUTAGE_MS;
        if (dueMs > END_MS) continue;
        assert.ok((told.get(`pi-${index}`) ?? Infinity) <= dueMs, `pi-${index} is told in time`);
      }
    }),
    { numRuns: 2000 },
  );
});
