import assert from "node:assert/strict";
import fc from "fast-check";
import { PacketGate } from "../../hub/packet_gate.ts";

/** A packet of some type with a body of so many bytes, as on the wire. */
function packet(length: number): Uint8Array {
  const digits: number[] = [];
  for (let rest = length; digits.length === 0 || rest > 0; rest = Math.floor(rest / 128)) {
    digits.push(rest % 128 | (rest >= 128 ? 0x80 : 0));
  }
  const bytes = new Uint8Array(1 + digits.length + length);
  bytes.set([0x30, ...digits]);
  return bytes.fill(0xff, 1 + digits.length);
}

Deno.test("gate lets packets of the allowed length pass, however they are cut", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });
  fc.assert(fc.property(lengths, fc.integer({ min: 1, max: 50 }), (all, cut) => {
    const gate = new PacketGate(300);
    const bytes = new Uint8Array(all.flatMap((length) => [...packet(length)]));
    for (let at = 0; at < bytes.length; at += cut) gate.inspect(bytes.subarray(at, at + cut));
  }));
});

Deno.test("gate refuses a packet by its length alone, one byte over the limit", () => {
  for (const before of [0, 1, 127, 128, 300]) {
    const gate = new PacketGate(300);
    gate.inspect(packet(before));
    const header = packet(301).subarray(0, 3);
    assert.throws(() => gate.inspect(header), /300 are allowed/);
  }
});

Deno.test("gate refuses a length of more than four digits", () => {
  const gate = new PacketGate(Number.MAX_SAFE_INTEGER);
  gate.inspect(new Uint8Array([0x10, 0x80, 0x80, 0x80]));
  assert.throws(() => gate.inspect(new Uint8Array([0x80])), /malformed/);
});
