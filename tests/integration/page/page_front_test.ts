/**
 * The page's front: it passes valid traffic unchanged, and ends connections that exhaust the hub.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { InnerServer } from "../../../hub/front/inner_server.ts";
import {
  hear,
  HELLO,
  LARGE,
  open,
  say,
  UPGRADE,
  upgraded,
} from "../../support/page/front_stage.ts";
import { until, within } from "../../support/time/until.ts";

const UNREAD_BYTES_MAX = 256 * 1024;
const PATIENT = { withinMs: 120_000 };

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

Deno.test("front passes on several requests of one connection, one by one and all at once", async () => {
  await using stage = open(() => new Response("hello"));
  using connection = await stage.connect();
  for (let round = 0; round < 3; round++) {
    for (const part of [HELLO.slice(0, 20), HELLO.slice(20)]) await say(connection, part);
    assert.match(await hear(connection, "\r\n\r\nhello"), /^HTTP\/1\.1 200 OK/);
  }
  await say(connection, HELLO.repeat(20));
  let heard = "";
  while (count(heard, "hello") < 20) heard += await hear(connection, "hello");
  assert.equal(count(heard, "HTTP/1.1 200 OK"), 20);
  await say(connection, "GET /bare HTTP/1.1\nHost: hub\nConnection: close\n\n");
  assert.match(await hear(connection), /hello$/);
});

Deno.test("front passes on large answers and bodies whole, to a reader as slow as may be", async () => {
  const large = new Uint8Array(LARGE).map((_, index) => index * 7 % 251);
  await using stage = open(async (request) => {
    const sent = new Uint8Array(await request.arrayBuffer());
    return sent.length > 0 ? new Response(String(sent.length)) : new Response(large);
  });
  const posted = await fetch(stage.url, { method: "POST", body: large.subarray(0, 100_000) });
  assert.equal(await posted.text(), "100000");
  const response = await fetch(stage.url);
  const digest = createHash("sha256");
  for await (const part of response.body ?? []) digest.update(part);
  assert.equal(digest.digest("hex"), createHash("sha256").update(large).digest("hex"));
  using slow = await stage.connect();
  await say(slow, "GET / HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
  const buffer = new Uint8Array(64 * 1024);
  let bytes = 0;
  for (let read = await slow.read(buffer); read !== null; read = await slow.read(buffer)) {
    bytes += read;
    if (bytes % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.ok(bytes > LARGE && bytes < LARGE + 1000, `${bytes}`);
});

Deno.test("front passes on the client's real address, and other connections are refused", async () => {
  const told: Deno.NetAddr[] = [];
  await using stage = open((_, { remoteAddr }) => {
    if (remoteAddr.transport === "tcp") told.push(remoteAddr);
    return new Response("hello");
  });
  using connection = await stage.connect();
  await say(connection, HELLO);
  await hear(connection, "hello");
  assert.deepEqual(told, [connection.localAddr]);

  await using inner = new InnerServer(() => new Response("secret"));
  const taken = () => Promise.resolve();
  const own = { remoteAddr: connection.localAddr, isSecure: false };
  const caller = { ...own, taken, views() {}, loggedIn() {} };
  const joint = await inner.connect(caller);
  const { port } = joint.connection.remoteAddr;
  using stranger = await Deno.connect({ hostname: "127.0.0.1", port });
  await say(stranger, HELLO);
  assert.match(await hear(stranger, "\r\n\r\n"), /^HTTP\/1\.1 403 /);
  using ours = joint.connection;
  await say(ours, HELLO);
  assert.match(await hear(ours, "secret"), /^HTTP\/1\.1 200 /);
});

Deno.test("front refuses endless headers, and HTTP/2, whose connections it cannot judge", async () => {
  let asked = 0;
  await using stage = open(() => new Response(`${++asked}`));
  using endless = await stage.connect();
  await say(endless, `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}`).catch(() => {});
  assert.match(await hear(endless), /^(HTTP\/1\.1 431 |$)/); // the system may drop unread data
  using http2 = await stage.connect();
  await say(http2, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  assert.match(await hear(http2), /^HTTP\/1\.1 505 /);
  assert.equal(asked, 0);
});

Deno.test("front ends a viewer that sends much at once, before the message is whole", async () => {
  await using stage = open(upgraded);
  using connection = await stage.connect();
  await say(connection, UPGRADE);
  assert.match(await hear(connection, "\r\n\r\n"), /^HTTP\/1\.1 101 /);
  await connection.write(unfinishedMessage(9000)).catch(() => {});
  await hear(connection);
  assert.deepEqual(stage.refused, ["feed_input"]);
});

Deno.test("front hides no endless buffer, and ends a viewer that takes nothing", async () => {
  const sent = { bytes: 0, isFull: false };
  const closed = Promise.withResolvers<void>();
  await using stage = open((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
    const text = "x".repeat(UNREAD_BYTES_MAX);
    socket.onopen = async () => {
      // Like the feed, it keeps only a limited amount of unread data.
      while (socket.readyState !== WebSocket.CLOSED) {
        sent.isFull = socket.bufferedAmount >= UNREAD_BYTES_MAX;
        if (!sent.isFull && socket.readyState === WebSocket.OPEN) {
          socket.send(text);
          sent.bytes += text.length;
        }
        await new Promise((resolve) => setTimeout(resolve, sent.isFull ? 50 : 0));
      }
      closed.resolve();
    };
    socket.onerror = (event) => event.preventDefault();
    return response;
  });
  using connection = await stage.connect();
  await say(connection, UPGRADE);
  await until("the viewer to be behind", () => sent.isFull, PATIENT);
  await within("the viewer to be ended", closed.promise, PATIENT);
  assert.ok(sent.bytes < LARGE, `${sent.bytes} bytes`);
});

Deno.test("front lets no answers pile up that nobody takes, however many are asked for at once", async () => {
  let answered = 0;
  const part = new Uint8Array(LARGE / 10);
  await using stage = open(() => {
    answered++;
    return new Response(part);
  });
  using deaf = await stage.connect();
  await say(deaf, HELLO.repeat(40));
  await until("the first answers", () => answered >= 2, PATIENT);
  // Other clients get answers all the time.
  for (let count = 0; count < 20; count++) await (await fetch(stage.url)).body?.cancel();
  assert.ok(answered - 20 < 10, `${answered - 20} answers`);
});

Deno.test("front ends a client that keeps sending after the server has hung up", async () => {
  await using stage = open(() => new Response("hello"));
  using connection = await stage.connect();
  await say(connection, HELLO.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
  await hear(connection);
  await assert.rejects(async () => {
    for (;;) await connection.write(new Uint8Array(64 * 1024));
  });
});

/** The beginning of a text message of 50 MB. */
function unfinishedMessage(bytes: number): Uint8Array {
  const frame = Buffer.alloc(14 + bytes);
  frame.writeUInt16BE(0x01ff);
  frame.writeBigUInt64BE(50_000_000n, 2);
  return frame;
}
