/**
 * What remains of a broker's bytes in a flood: complete packets of all others, however the bytes
 * are cut.
 */

import * as fc from "fast-check";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FloodSieve } from "../../../io/mqtt/flood_sieve.ts";

const NODES = "rpi-cluster/v1/nodes/";
const ALARM = "rpi-cluster/v1/alarm";
const FLOOD = 5000;

interface Sifted {
  readonly kept: Uint8Array;
  readonly acknowledged: Uint8Array;
  readonly leftOut: Readonly<Record<string, number>>;
}

function sift(bytes: Uint8Array, cuts: readonly number[] = [], nowMs = 0): Sifted {
  const kept: Uint8Array[] = [];
  const acknowledged: Uint8Array[] = [];
  const leftOut: Record<string, number> = {};
  const sieve = new FloodSieve({
    nodesPrefix: NODES,
    alarmTopic: ALARM,
    acknowledge: (packets) => acknowledged.push(packets),
    onLeftOut: (node, count) => leftOut[node] = (leftOut[node] ?? 0) + count,
  });
  const edges = [0, ...[...new Set(cuts)].toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of edges.entries()) {
    kept.push(sieve.pass(bytes.subarray(from, edges[index + 1] ?? bytes.length), nowMs));
  }
  return { kept: Buffer.concat(kept), acknowledged: Buffer.concat(acknowledged), leftOut };
}

/** A PUBLISH packet: MQTT 3.1.1, section 3.3. */
function publish(topic: string, payload: string, identifier?: number): Buffer {
  const name = Buffer.from(topic);
  const numbers = identifier === undefined ? [] : [identifier >> 8, identifier & 0xff];
  const body = Buffer.concat([
    Buffer.from([name.length >> 8, name.length & 0xff]),
    name,
    Buffer.from(numbers),
    Buffer.from(payload),
  ]);
  const lengths: number[] = [];
  for (let rest = body.length, more = true; more; rest >>= 7) {
    more = rest > 0x7f;
    lengths.push(rest & 0x7f | (more ? 0x80 : 0));
  }
  return Buffer.concat([Buffer.from([identifier === undefined ? 0x30 : 0x32, ...lengths]), body]);
}

const flood = (leaf: string, identified = false) =>
  Array.from(
    { length: FLOOD },
    (_, index) => publish(`${NODES}thief/${leaf}`, "x".repeat(150), identified ? index : undefined),
  );

Deno.test("a flood is dropped, and every packet of others passes whole and in order", () => {
  const others = [
    Buffer.from([0x90, 3, 0, 1, 1]), // SUBACK
    publish(`${NODES}arya/heartbeat`, "beat"),
    publish("rpi-cluster/v1/hub/echo", "echo"),
    publish(`${NODES}bran/status`, "birth", 7),
    Buffer.from([0xd0, 0]), // PINGRESP
    publish("rpi-cluster/v1/alarm", "press"),
  ];
  const storm = flood("heartbeat");
  const mixed = storm.flatMap((packet, index) => {
    const other = index % 500 === 499 ? others[index / 500 >> 0] : undefined;
    return other === undefined ? [packet] : [packet, other];
  });
  const { kept, leftOut, acknowledged } = sift(Buffer.concat(mixed));
  const passed = (leftOut["thief"] ?? 0) - FLOOD;
  assert.ok(passed < 0 && -passed < FLOOD / 4, `${-passed} passed`);
  assert.equal(acknowledged.length, 0);
  // The flood's first packets pass. After them only packets of others do.
  const tail = Buffer.concat(others.slice(2));
  assert.deepEqual(Buffer.from(kept.subarray(-tail.length)), tail);
  assert.deepEqual(Object.keys(leftOut), ["thief"]);
});

Deno.test("a dropped QoS 1 packet is acknowledged, so that the broker sends the next one", () => {
  const { leftOut, acknowledged } = sift(Buffer.concat(flood("status", true)));
  const count = leftOut["thief"] ?? 0;
  assert.ok(count > FLOOD / 2);
  assert.equal(acknowledged.length, 4 * count);
  const first = FLOOD - count;
  assert.deepEqual([...acknowledged.subarray(0, 4)], [0x40, 2, first >> 8, first & 0xff]);
});

Deno.test("a flood of presses is dropped like one of a node", () => {
  const presses = Array.from({ length: FLOOD }, () => publish(ALARM, "press"));
  const echo = publish("rpi-cluster/v1/hub/alarm", "the hub's own word");
  const { kept, leftOut } = sift(Buffer.concat([...presses, echo]));
  assert.ok((leftOut[ALARM] ?? 0) > FLOOD / 2);
  assert.deepEqual(Buffer.from(kept.subarray(-echo.length)), echo);
});

Deno.test("a healthy cluster passes untouched, however its bytes are cut", () => {
  const node = fc.constantFrom("arya", "bran", "sansa");
  const packet = fc.tuple(
    node,
    fc.constantFrom("heartbeat", "status", "vitals"),
    fc.string({ maxLength: 300 }),
    fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }),
  ).map(([id, leaf, payload, identifier]) => publish(`${NODES}${id}/${leaf}`, payload, identifier));
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 50 }), fc.array(fc.nat(4000)), (packets, cuts) => {
      const bytes = Buffer.concat(packets);
      const { kept, leftOut } = sift(bytes, cuts.map((cut) => Math.min(cut, bytes.length)));
      assert.deepEqual(Buffer.from(kept), bytes);
      assert.deepEqual(leftOut, {});
    }),
  );
});

Deno.test("the same packets of a flood pass, however its bytes are cut", () => {
  const bytes = Buffer.concat([...flood("vitals", true).slice(0, 1500), publish("other", "told")]);
  const whole = sift(bytes);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
      assert.deepEqual(sift(bytes, cuts), whole);
    }),
    { numRuns: 30 },
  );
});

Deno.test("bytes that are not MQTT pass unchanged", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.array(fc.nat(2000)), (bytes, cuts) => {
      const { kept } = sift(bytes, cuts.map((cut) => Math.min(cut, bytes.length)));
      // Bytes that look like the begin of a packet may wait for the rest.
      assert.deepEqual(Buffer.from(kept), Buffer.from(bytes.subarray(0, kept.length)));
    }),
  );
  const endless = Buffer.alloc(5000, 0xff);
  assert.deepEqual(Buffer.from(sift(endless).kept), endless);
});
