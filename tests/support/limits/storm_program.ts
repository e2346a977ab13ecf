/**
 * A stolen credential in a separate process, until its input ends. A storm of statuses then ends
 * with a farewell. The argument is a `Storm` as JSON.
 */

import { TestClient } from "../broker/mqtt_client.ts";
import { BOOT_ID } from "../nodes/pretend_node.ts";
import type { Storm } from "./storming_node.ts";

const SERIAL = "10000000aaaaaaaa";
const [argument = ""] = Deno.args;
const storm: Storm = JSON.parse(argument);
const { port, id, login, kind, perSecond, connections } = storm;
const clients = await Promise.all(
  Array.from({ length: connections }, () => TestClient.connect({ port, ...login })),
);
const topic = `rpi-cluster/v1/nodes/${id}`;
const PACE = { every_ms: 1000, reconnect_ms: 2000 };
const [first] = clients;
let session = 0;
let isAsked = false;

/**
 * Publishes births and farewells, and from time to time a birth of another boot without a farewell
 * before it.
 */
async function sayStatus(count: number): Promise<void> {
  const isFarewell = count % 3 === 1;
  if (!isFarewell) session++;
  const said = isFarewell
    ? { kind: "farewell", reason: "stop" }
    : { kind: "birth", name: "Robb Stark", boot_id: `${BOOT_ID}-${session}`, serial: SERIAL };
  const payload = JSON.stringify({ ...said, ...PACE, session: `storm-${session}` });
  await first?.publish(`${topic}/status`, payload, { qos: 1, retain: true });
}

/** Publishes heartbeats with one session per connection. */
function sayHeartbeats(count: number): void {
  for (const [index, client] of clients.entries()) {
    if (client.isClosed) continue;
    const beat = { session: `beat-${index}`, seq: count, every_ms: 1000, up_ms: count };
    client.send(`${topic}/heartbeat`, JSON.stringify(beat));
  }
}

async function rage(): Promise<void> {
  const beganMs = performance.now();
  for (let count = 0; !isAsked; count++) {
    if (kind === "status") await sayStatus(count);
    else sayHeartbeats(count);
    const aheadMs = beganMs + count * 1000 / perSecond - performance.now();
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
  }
}

const raging = rage();
console.log("began");
await Deno.stdin.readable.pipeTo(new WritableStream());
isAsked = true;
await raging;
if (kind === "status") {
  const payload = JSON.stringify({ kind: "farewell", reason: "stop", session: "the-last" });
  await first?.publish(`${topic}/status`, payload, { qos: 1, retain: true });
}
for (const client of clients) await client.kill();
