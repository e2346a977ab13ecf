/** Which answers of the API are compressed, and how much work compression and metrics may cause. */

import { Hono } from "hono";
import assert from "node:assert/strict";
import { connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { newNode } from "../../../core/detection/node_state.ts";
import { compressWithin } from "../../../hub/http/compression.ts";
import { Metrics } from "../../../hub/live/metrics.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Refusals } from "../../../hub/live/refusals.ts";
import { Store } from "../../../hub/store/store.ts";
import { turn } from "../../../io/time/turn.ts";
import { MOSQUITTO, ROOT } from "../../support/program/cluster.ts";
import type { Hub } from "../../support/program/programs.ts";
import { SteppedClock } from "../../support/time/stepped_clock.ts";
import { until } from "../../support/time/until.ts";

const NODES = 100;

interface RawAnswer {
  readonly head: string;
  readonly bodyBytes: number;
}

/** Asks as a client that accepts gzip, and leaves the body as it came. */
function ask(hub: Hub, path: string, body?: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(hub.url);
  const lines = [
    `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    `Authorization: Bearer ${hub.password}`,
    "Accept-Encoding: gzip, br",
    "Connection: close",
    ...(body === undefined
      ? []
      : ["Content-Type: application/json", `Content-Length: ${body.length}`]),
  ];
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join("\r\n")}\r\n\r\n${body ?? ""}`);
    });
    socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("end", () => {
      const text = chunks.map((chunk) => new TextDecoder("latin1").decode(chunk)).join("");
      const [head = "", ...rest] = text.split("\r\n\r\n");
      resolve({ head: head.toLowerCase(), bodyBytes: rest.join("\r\n\r\n").length });
    });
  });
}

Deno.test("long lists are compressed, and answers with passwords or recipients are not", async () => {
  await using cluster = await MOSQUITTO.start();
  const { hub } = cluster;
  const client = await cluster.client("anybody");
  for (let number = 0; number < NODES; number++) {
    const birth = { kind: "birth", session: "a", name: `Pi ${number}`, every_ms: 60_000 };
    const payload = JSON.stringify(birth);
    await client.publish(`${ROOT}/nodes/pi-${number}/status`, payload, { qos: 1, retain: true });
  }
  await until("all nodes", async () => (await hub.nodes()).length === NODES);
  const plainBytes = JSON.stringify(await hub.nodes()).length;
  const nodes = await ask(hub, "/api/v1/nodes");
  assert.match(nodes.head, /\ncontent-encoding: gzip\r/);
  assert.match(nodes.head, /\nvary: accept-encoding\r/);
  assert.ok(nodes.bodyBytes < plainBytes / 3, `${nodes.bodyBytes} of ${plainBytes} bytes`);
  assert.match((await ask(hub, "/metrics")).head, /\ncontent-encoding: gzip\r/);

  const enrolled = await ask(hub, "/api/v1/enrol", JSON.stringify({ id: "arya" }));
  assert.match(enrolled.head, /^http\/1.1 200 /);
  for (const path of ["/api/v1/deliveries", "/api/v1/sessions", "/api/v1/refusals"]) {
    assert.doesNotMatch((await ask(hub, path)).head, /content-encoding/, path);
  }
  assert.doesNotMatch(enrolled.head, /content-encoding/);
});

Deno.test("answers are compressed within a budget, and sent as they are beyond it", async () => {
  let nowMs = 0;
  const app = new Hono();
  app.get("*", compressWithin(() => nowMs), (context) => context.text("x".repeat(1_000_000)));
  const encodings = async (count: number) => {
    const found: (string | null)[] = [];
    for (let index = 0; index < count; index++) {
      const answer = await app.request("/", { headers: { "Accept-Encoding": "gzip" } });
      await answer.body?.cancel();
      found.push(answer.headers.get("content-encoding"));
    }
    return found.filter((encoding) => encoding === "gzip").length;
  };
  assert.equal(await encodings(30), 16);
  nowMs += 1000;
  assert.equal(await encodings(30), 4);
  const plain = await app.request("/");
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal((await plain.text()).length, 1_000_000);
});

Deno.test("a storm of scrapers causes one build of the metrics a second", async () => {
  const clock = new SteppedClock();
  using store = new Store(":memory:");
  const projection = new Projection(clock);
  const refusals = new Refusals(clock);
  const metrics = new Metrics({ projection, store, refusals, clock });
  const storm = () => Promise.all(Array.from({ length: 1000 }, () => metrics.render()));
  const first = new Set(await storm());
  clock.pass(900);
  for (const one of await storm()) first.add(one);
  assert.equal(first.size, 1);
  refusals.note("rate", "pi-1", 7);
  clock.pass(200);
  const second = new Set(await storm());
  assert.equal(second.size, 1);
  const [rendered] = second;
  const text = new TextDecoder().decode(rendered?.plain);
  assert.match(text, /^rpi_cluster_refused_total\{reason="rate"\} 7$/m);
  assert.equal(gunzipSync(rendered?.gzip ?? new Uint8Array()).toString(), text);
});

Deno.test("the metrics of thousands of nodes leave the loop to others, and name each node once", async () => {
  const nodes = 2000;
  const clock = new SteppedClock();
  using store = new Store(":memory:");
  const projection = new Projection(clock);
  for (let index = 0; index < nodes; index++) projection.update(newNode(`pi-${index}`, 0, true));
  const metrics = new Metrics({ projection, store, refusals: new Refusals(clock), clock });
  let isDone = false;
  const rendered = metrics.render().finally(() => isDone = true);
  let turns = 0;
  for (; !isDone; turns++) await turn();
  assert.ok(turns >= nodes / 200, `${turns} turns`);
  const text = new TextDecoder().decode((await rendered).plain);
  const count = (pattern: RegExp) => text.match(pattern)?.length;
  assert.equal(count(/^rpi_cluster_node_liveness\{node="pi-\d+",liveness="unknown"\} 1$/gm), nodes);
  assert.equal(count(/^rpi_cluster_node_liveness\{/gm), 5 * nodes);
  for (const metric of ["liveness", "last_heartbeat_timestamp_seconds"]) {
    assert.equal(count(new RegExp(`^# TYPE rpi_cluster_node_${metric} gauge$`, "gm")), 1);
  }
});
