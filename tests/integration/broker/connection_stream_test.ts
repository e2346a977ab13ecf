/** Connections as streams, on real sockets. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { ConnectionStream } from "../../../io/connection/connection_stream.ts";
import { TLS_FULL_BYTES } from "../../../io/mqtt/mqtt.ts";
import { makeCertificates } from "../../support/broker/sample_mosquitto.ts";
import { freePort } from "../../support/network/free_port.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until, within } from "../../support/time/until.ts";

/** Both ends of one connection. */
async function pair(): Promise<[Deno.TcpConn, Deno.TcpConn]> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0, transport: "tcp" });
  const { port } = listener.addr;
  return await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port, transport: "tcp" }),
    listener.accept(),
  ]);
}

const SELDOM = { pace: { everyMs: 60_000 } };

async function destroyed(stream: ConnectionStream): Promise<void> {
  const closed = once(stream, "close");
  stream.destroy();
  await within("the stream to close", closed);
}

Deno.test("a stream carries bytes both ways, in order, however much", async () => {
  const [a, b] = await pair();
  const [near, far] = [new ConnectionStream(a), new ConnectionStream(b)];
  const sent = crypto.getRandomValues(new Uint8Array(60_000));
  far.on("data", (chunk: Uint8Array) => far.write(chunk));
  let received: number[] = [];
  const isBack = Promise.withResolvers<void>();
  near.on("data", (chunk: Uint8Array) => {
    received = received.concat([...chunk]);
    if (received.length === sent.length) isBack.resolve();
  });
  for (let at = 0; at < sent.length; at += 1000) near.write(sent.subarray(at, at + 1000));
  await within("the echo", isBack.promise);
  assert.deepEqual(new Uint8Array(received), sent);
  await destroyed(near);
  await destroyed(far);
});

Deno.test("a stream that need not hear everything at once reads seldom, and loses nothing", async () => {
  const [a, b] = await pair();
  const everyMs = 200;
  const stream = new ConnectionStream(a, { pace: { everyMs } });
  const readsMs: number[] = [];
  let received = "";
  const isAll = Promise.withResolvers<void>();
  stream.on("data", (chunk: Uint8Array) => {
    readsMs.push(performance.now());
    received += new TextDecoder().decode(chunk);
    if (received.length === 20) isAll.resolve();
  });
  let sent = "";
  for (let letter = 0; letter < 20; letter++) {
    const text = String.fromCharCode(97 + letter);
    sent += text;
    await b.write(new TextEncoder().encode(text));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await within("all letters", isAll.promise);
  assert.equal(received, sent);
  const pausesMs = readsMs.slice(1).map((ms, index) => ms - (readsMs[index] ?? 0));
  assert.ok(pausesMs.every((ms) => ms >= everyMs - 5), String(pausesMs));
  await destroyed(stream);
  b.close();
});

Deno.test("a stream that reads seldom takes at once what waits in plenty", async () => {
  const [a, b] = await pair();
  const stream = new ConnectionStream(a, SELDOM);
  const far = new ConnectionStream(b);
  let bytes = 0;
  const isAll = Promise.withResolvers<void>();
  stream.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes >= 8192) isAll.resolve();
  });
  far.write(new Uint8Array(20_000));
  await within("two whole reads", isAll.promise);
  // During a pause of one minute.
  await destroyed(stream);
  await destroyed(far);
});

Deno.test("a stream that reads seldom takes at once what waits behind a flood that it leaves out", async () => {
  const [a, b] = await pair();
  const flood = new Uint8Array(100_000);
  let bytes = 0;
  const stream = new ConnectionStream(a, {
    ...SELDOM,
    // One byte of each read passes.
    sieve: (received) => {
      bytes += received.length;
      return received.subarray(0, 1);
    },
  });
  stream.resume();
  const far = new ConnectionStream(b);
  far.write(flood);
  // The last read may wait, because it is not full.
  await until("the flood to be read", () => bytes > flood.length - 4096);
  await destroyed(stream);
  await destroyed(far);
});

Deno.test("a stream that reads seldom takes at once what waits in plenty behind TLS", async () => {
  using folder = new TemporaryFolder();
  const { ca } = await makeCertificates(folder.path);
  const hostname = "127.0.0.1";
  using listener = Deno.listenTls({
    hostname,
    port: 0,
    cert: Deno.readTextFileSync(folder.file("broker.crt")),
    key: Deno.readTextFileSync(folder.file("broker.key")),
  });
  const { port } = listener.addr as Deno.NetAddr;
  const [a, b] = await Promise.all([
    Deno.connectTls({ hostname, port, caCerts: [ca] }),
    listener.accept(),
  ]);
  const pace = { everyMs: 1000 };
  const stream = new ConnectionStream(a, { pace, readBytes: 65_536, fullBytes: TLS_FULL_BYTES });
  const far = new ConnectionStream(b);
  const heartbeat = new Uint8Array(150);
  const count = 3000;
  const writing = (async () => {
    for (let sent = 0; sent < count; sent++) await b.write(heartbeat);
  })();
  let bytes = 0;
  let pauses = 0;
  let lastMs = performance.now();
  stream.on("data", (chunk: Uint8Array) => {
    bytes += chunk.length;
    const nowMs = performance.now();
    if (nowMs - lastMs >= pace.everyMs - 5) pauses++;
    lastMs = nowMs;
  });
  await until("all heartbeats", () => bytes === count * heartbeat.length, { withinMs: 240_000 });
  // If it waited after each 4 KiB, there would be a hundred.
  assert.ok(pauses < 30, `${pauses} pauses`);
  await writing;
  await destroyed(stream);
  await destroyed(far);
});

Deno.test("a stream that reads seldom notices the end of the connection in its pause's time", async () => {
  const [a, b] = await pair();
  const stream = new ConnectionStream(a, { pace: { everyMs: 100 } });
  let heard = "";
  stream.on("data", (chunk) => heard += chunk);
  const closed = once(stream, "close");
  await b.write(new TextEncoder().encode("news"));
  await until("the news", () => heard === "news");
  // A pause begins here.
  await b.write(new TextEncoder().encode(", and the last"));
  b.close();
  await within("the stream to close", closed);
  assert.equal(heard, "news, and the last");
});

Deno.test("a stream that reads seldom reads the answer to what it sends at once", async () => {
  const [a, b] = await pair();
  const stream = new ConnectionStream(a, SELDOM);
  const far = new ConnectionStream(b);
  const heard: string[] = [];
  stream.on("data", (chunk: Uint8Array) => heard.push(new TextDecoder().decode(chunk)));
  far.on("data", () => far.write("answer"));
  far.write("news");
  await within("the news", once(stream, "data"));
  // A pause of one minute begins here.
  stream.write("question");
  await within("the answer", once(stream, "data"));
  assert.deepEqual(heard, ["news", "answer"]);
  await destroyed(stream);
  await destroyed(far);
});

for (const answer of ["nothing", "each slice"] as const) {
  const name = `timers have their turn while a stream hands on plenty and answers ${answer}`;
  Deno.test(name, async () => {
    const [a, b] = await pair();
    const count = 20_000;
    await b.write(new Uint8Array(count));
    const stream = new ConnectionStream(a);
    let bytes = 0;
    let slices = 0;
    let slicesInOneTurnMax = 0;
    const timer = setInterval(() => slices = 0, 1);
    const isAll = Promise.withResolvers<void>();
    stream.on("data", (chunk: Uint8Array) => {
      slices++;
      slicesInOneTurnMax = Math.max(slicesInOneTurnMax, slices);
      if (answer === "each slice") stream.write(new Uint8Array(4));
      // Longer than the timer waits.
      busy(4);
      bytes += chunk.length;
      if (bytes === count) isAll.resolve();
    });
    await within("all bytes", isAll.promise);
    clearInterval(timer);
    assert.ok(slicesInOneTurnMax <= 3, `${slicesInOneTurnMax} slices in one turn`);
    await destroyed(stream);
    b.close();
  });
}

Deno.test("a stream ends when the peer's does", async () => {
  const [a, b] = await pair();
  const stream = new ConnectionStream(a);
  stream.resume();
  const closed = once(stream, "close");
  b.close();
  await within("the stream to close", closed);
});

Deno.test("a stream reports why its dial failed", async () => {
  const dial = Deno.connect({ hostname: "127.0.0.1", port: freePort() });
  const stream = new ConnectionStream(dial);
  const [error] = await within("the error", once(stream, "error"));
  assert.ok(error instanceof Deno.errors.ConnectionRefused, String(error));
});

Deno.test("a stream destroyed while it dials stops the dial and closes a late connection", async () => {
  const [a, b] = await pair();
  const dial = Promise.withResolvers<Deno.Conn>();
  const stop = new AbortController();
  const stream = new ConnectionStream(dial.promise, { stop });
  stream.resume();
  await destroyed(stream);
  assert.equal(stop.signal.aborted, true);
  dial.resolve(a);
  assert.equal(await within("the end", b.read(new Uint8Array(1))), null);
  b.close();
});

Deno.test("a stream ends at what its intake refuses, and passes none of it on", async () => {
  const [a, b] = await pair();
  const intake = {
    turn: () => undefined,
    take: () => {
      throw new Error("refused");
    },
    end: () => {},
  };
  const stream = new ConnectionStream(a, { intake });
  stream.on("data", () => assert.fail("passed on"));
  const failed = once(stream, "error");
  await b.write(new Uint8Array([1]));
  const [error] = await within("the error", failed);
  assert.match(String(error), /refused/);
  assert.equal(await within("the end", b.read(new Uint8Array(1))), null);
  b.close();
});

Deno.test("a stream hands on as much as its intake takes, when it is its turn", async () => {
  const [a, b] = await pair();
  const turns: PromiseWithResolvers<void>[] = [];
  const intake = {
    turn: () => {
      const turn = Promise.withResolvers<void>();
      turns.push(turn);
      return turn.promise;
    },
    take: () => 2,
    end: () => turns.at(-1)?.resolve(),
  };
  const stream = new ConnectionStream(a, { intake });
  let heard = "";
  stream.on("data", (chunk) => heard += chunk);
  await b.write(new TextEncoder().encode("onetwo"));
  for (const expected of ["", "on", "onet"]) {
    const turn = await until("it to wait for its turn", () => turns.shift());
    assert.equal(heard, expected);
    turn.resolve();
  }
  await until("the rest", () => heard === "onetwo");
  await b.write(new TextEncoder().encode("late"));
  await until("it to wait for its turn", () => turns.length === 1);
  await destroyed(stream);
  assert.equal(heard, "onetwo");
  b.close();
});

/** Blocks the event loop for this long. */
function busy(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}
