import fc from "fast-check";
import assert from "node:assert/strict";
import { PacketGate } from "../../../hub/broker/packet_gate.ts";

/** A packet of this type with a body of this many bytes, as on the wire. */
function packet(length: number, type = 3): Uint8Array {
  const digits: number[] = [];
  for (let rest = length; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    digits.push(rest % 128 | (rest >= 128 ? 0x80 : 0));
  }
  const bytes = new Uint8Array(1 + digits.length + length);
  bytes.set([type << 4, ...digits]);
  return bytes.fill(0xff, 1 + digits.length);
}

/**
 * Passes all bytes to the gate. Returns the packets that ended, by type, with the number of bytes.
 */
function follow(gate: PacketGate, bytes: Uint8Array): (readonly [type: number, end: number])[] {
  const ends: (readonly [number, number])[] = [];
  for (let at = 0; at < bytes.length;) {
    const { length, wholeOf } = gate.next(bytes, at);
    assert.ok(length > 0);
    at += length;
    if (wholeOf !== undefined) ends.push([wholeOf, at]);
  }
  return ends;
}

Deno.test("gate finds each packet of the allowed length, however the bytes are cut", () => {
  const each = fc.record({
    length: fc.integer({ min: 0, max: 300 }),
    type: fc.integer({ min: 1, max: 14 }),
  });
  const all = fc.array(each, { maxLength: 20 });
  fc.assert(fc.property(all, fc.integer({ min: 1, max: 50 }), (wanted, cut) => {
    const gate = new PacketGate(300);
    const packets = wanted.map(({ length, type }) => packet(length, type));
    const bytes = new Uint8Array(packets.flatMap((one) => [...one]));
    const found: (readonly [number, number])[] = [];
    for (let at = 0; at < bytes.length; at += cut) {
      const ends = follow(gate, bytes.subarray(at, at + cut));
      found.push(...ends.map(([type, end]) => [type, at + end] as const));
    }
    let end = 0;
    const expected = wanted.map(({ type }, index) => [type, end += packets[index]?.length ?? 0]);
    assert.deepEqual(found, expected);
  }));
});

Deno.test("gate refuses a packet by its length alone, one byte over the limit", () => {
  for (const before of [0, 1, 127, 128, 300]) {
    const gate = new PacketGate(300);
    follow(gate, packet(before));
    const header = packet(301).subarray(0, 3);
    assert.throws(() => follow(gate, header), /300 are allowed/);
  }
});

Deno.test("gate refuses a length of more than four digits", () => {
  const gate = new PacketGate(Number.MAX_SAFE_INTEGER);
  follow(gate, new Uint8Array([0x10, 0x80, 0x80, 0x80]));
  assert.throws(() => follow(gate, new Uint8Array([0x80])), /malformed/);
});
