/**
 * Attacks of strangers on the page of the compiled hub: it stays small, and its owner can log in.
 */

import assert from "node:assert/strict";
import {
  openFiles,
  openFilesOfUnit,
  peakMegabytes,
  refused,
  startLimited,
} from "../../support/limits/limited_hub.ts";
import { SilentLoad } from "../../support/limits/silent_load.ts";
import { session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import type { Hub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

/** The hub's peak limit, far below `MemoryMax=1G`. */
const PEAK_MEGABYTES_MAX = 400;
const DRIP_MS = 500;
const PATIENT = { withinMs: 120_000 };
const FEW_FILES = 1024;

const GET = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n";
const UPGRADE = [
  "GET /ws HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

async function connect(hub: Hub): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(hub.url);
  return await Deno.connect({ hostname, port: Number(port) });
}

async function say(connection: Deno.Conn, bytes: Uint8Array | string): Promise<void> {
  const all = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  for (let sent = 0; sent < all.length;) sent += await connection.write(all.subarray(sent));
}

/** Returns the beginning of the answer; empty when the hub closes the connection without one. */
async function beginning(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(4096);
  const count = await connection.read(buffer).catch(() => null);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0));
}

/** Sends the beginning, then single bytes until the hub closes the connection, which it must. */
async function drip(hub: Hub, begin: string): Promise<void> {
  using connection = await connect(hub);
  await say(connection, begin);
  let hasEnded = false;
  const ended = beginning(connection).then(() => hasEnded = true);
  while (!hasEnded) {
    await say(connection, "a").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, DRIP_MS));
  }
  await ended;
}

Deno.test("2,000 silent sockets, on a hub under its unit's limit, keep nobody out", async () => {
  await using hub = await startLimited(openFilesOfUnit());
  const port = Number(new URL(hub.url).port);
  await using load = await SilentLoad.connect({ port, count: 2000, what: "G" });
  assert.equal(load.open, 2000);
  assert.ok(await session(hub));
  assert.ok(await refused(hub, "half_open") > 0);
  assert.ok(peakMegabytes(hub) < PEAK_MEGABYTES_MAX, `${peakMegabytes(hub)} MB`);
});

Deno.test("600 that ask and keep their connections give way to the owner, whose page stays", async () => {
  await using hub = await startLimited(FEW_FILES);
  const headers = { Cookie: await session(hub) };
  await using page = new Watcher(hub, headers);
  const first = await page.until("a snapshot", () => true);
  const port = Number(new URL(hub.url).port);
  await using load = await SilentLoad.connect({ port, count: 600, what: `${GET}\r\n` });
  assert.equal(load.open, 600);
  assert.ok(await session(hub));
  assert.ok(await refused(hub, "connections") > 0);
  await page.until("the next message", ({ seq }) => seq > first.seq, PATIENT);
  await until("few files to be open", () => openFiles(hub) < FEW_FILES / 2, PATIENT);
});

Deno.test("headers and bodies that drip end, and the owner gets in meanwhile", async () => {
  await using hub = await startLimited(FEW_FILES);
  const body = "POST /api/v1/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n";
  const drips = Promise.all(
    Array.from({ length: 20 }, (_, index) => drip(hub, index % 2 === 0 ? `${GET}X: ` : body)),
  );
  assert.ok(await session(hub));
  await drips;
  assert.ok(await refused(hub, "slow_request") >= 20);
  const told = hub.process.lines.filter((line) => line.includes("request took too long"));
  // The first, and a sum a minute later.
  assert.ok(told.length === 1 || told.length === 2, told.join("\n"));
});

Deno.test("unfinished messages of 50 MB end a guest at once, and take no memory", async () => {
  await using hub = await startLimited(FEW_FILES, { hub: { public_status: "yes" } });
  const message = new Uint8Array(50_000_014);
  message.set([0x01, 0xff, 0, 0, 0, 0, 0x03, 0, 0, 0]); // longer still: 50,331,648 bytes
  await Promise.all(Array.from({ length: 8 }, async () => {
    using guest = await connect(hub);
    await say(guest, UPGRADE);
    assert.match(await beginning(guest), /^HTTP\/1\.1 101 /);
    await assert.rejects(say(guest, message));
  }));
  assert.equal(await refused(hub, "feed_input"), 8);
  assert.ok(peakMegabytes(hub) < PEAK_MEGABYTES_MAX, `${peakMegabytes(hub)} MB`);
  await using guest = new Watcher(hub);
  await guest.until("a snapshot", () => true);
});

Deno.test("200 that ask for much and take nothing end, and the owner gets in meanwhile", async () => {
  await using hub = await startLimited(FEW_FILES);
  using deaf = new DisposableStack();
  for (let index = 0; index < 200; index++) {
    const connection = deaf.use(await connect(hub));
    await say(connection, `${GET}\r\n`.repeat(1000)).catch(() => {});
  }
  assert.ok(await session(hub));
  assert.ok(peakMegabytes(hub) < PEAK_MEGABYTES_MAX, `${peakMegabytes(hub)} MB`);
  deaf.dispose();
  await until("their files to be given back", () => openFiles(hub) < 100, PATIENT);
});

Deno.test("guests for whom there is no place are counted", async () => {
  await using hub = await startLimited(openFilesOfUnit(), { hub: { public_status: "yes" } });
  using guests = new DisposableStack();
  let answer = "";
  for (let count = 0; count < 100 && !answer.includes(" 503 "); count++) {
    const guest = guests.use(await connect(hub));
    await say(guest, UPGRADE);
    answer = await beginning(guest);
  }
  assert.match(answer, /^HTTP\/1\.1 503 /);
  assert.equal(await refused(hub, "viewers"), 1);
  await using owner = new Watcher(hub, { Cookie: await session(hub) });
  await owner.until("a snapshot", ({ guest }) => guest !== true);
});
