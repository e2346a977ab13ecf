/** The first message of a TLS client, whole, in pieces and broken. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeClientHello, HELLO_BYTES_MAX } from "../../../core/network/client_hello.ts";

const text = (value: string) => [...new TextEncoder().encode(value)];
const short = (value: number) => [value >> 8, value & 255];
const sized = (bytes: readonly number[]) => [...short(bytes.length), ...bytes];

/** As a client sends it, with these extensions. */
function hello(...extensions: readonly (readonly number[])[]): Uint8Array {
  const body = [
    ...[3, 3, ...Array(32).fill(7)], // version and random
    ...[32, ...Array(32).fill(8)], // session id
    ...sized([0x13, 0x01, 0x13, 0x02]), // cipher suites
    ...[1, 0], // compression methods
    ...sized(extensions.flat()),
  ];
  const message = [1, 0, ...short(body.length), ...body];
  return new Uint8Array([22, 3, 1, ...sized(message)]);
}

const extension = (type: number, content: readonly number[]) => [...short(type), ...sized(content)];
const asksFor = (host: string) => extension(0, sized([0, ...sized(text(host))]));
const OTHER = extension(43, [2, 3, 4]);

Deno.test("the host that a client asks for is read, wherever its extension stands", () => {
  const named = { kind: "whole", name: "pis.example.org" };
  assert.deepEqual(decodeClientHello(hello(asksFor("pis.example.org"))), named);
  assert.deepEqual(decodeClientHello(hello(OTHER, asksFor("Pis.Example.org"), OTHER)), named);
  assert.deepEqual(decodeClientHello(hello(OTHER)), { kind: "whole", name: undefined });
  assert.deepEqual(decodeClientHello(hello(asksFor("a b"))), { kind: "whole", name: undefined });
});

Deno.test("a first message is incomplete until its last byte", () => {
  const whole = hello(OTHER, asksFor("hub.local"));
  for (let length = 0; length < whole.length; length++) {
    assert.deepEqual(decodeClientHello(whole.subarray(0, length)), { kind: "incomplete" });
  }
  assert.equal(decodeClientHello(whole).kind, "whole");
});

Deno.test("HTTP, MQTT and records of an impossible length are not TLS", () => {
  const of = (...bytes: readonly number[]) => decodeClientHello(new Uint8Array(bytes)).kind;
  assert.equal(of(...text("GET / HTTP/1.1\r\n")), "not_tls");
  assert.equal(of(0x10, 0x20), "not_tls");
  assert.equal(of(22, 3, 1, 0, 0), "not_tls");
  assert.equal(of(22, 3, 1, 0x40, 0x01), "not_tls");
  assert.equal(of(22, 3, 1, 0x40, 0x00), "incomplete");
  assert.equal(HELLO_BYTES_MAX, 5 + 0x4000);
});

Deno.test("property: whatever bytes come, they are read without an error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    decodeClientHello(bytes);
    const length = Math.max(1, bytes.length);
    decodeClientHello(new Uint8Array([22, 3, 1, ...short(length), ...bytes, 0]));
    decodeClientHello(new Uint8Array([22, 3, 1, ...short(length + 4), 1, 0, 0, 0, ...bytes, 0]));
  }));
});
