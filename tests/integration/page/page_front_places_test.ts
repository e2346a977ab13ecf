/** Which of the page's connections the front keeps, and which it ends for others. */

import assert from "node:assert/strict";
import { pageBudget } from "../../../core/limits/connection_budget.ts";
import { hear, HELLO, LARGE, open, say, upgraded } from "../../support/page/front_stage.ts";
import { until } from "../../support/time/until.ts";

/** As `/proc/net/tcp` has it. */
const ESTABLISHED = "01";
const PATIENT = { withinMs: 120_000 };
const FEW = { overallMax: 4, perAddressMax: 4, patienceMs: 600_000 };

Deno.test("front admits new connections, and ends the longest waiting or answered one", async () => {
  const budget = { ...pageBudget(), waiting: FEW, unknown: FEW };
  await using stage = open(() => new Response("hello"), budget);
  using held = new DisposableStack();
  const silent = [];
  for (let index = 0; index < 6; index++) {
    const stranger = held.use(await stage.connect());
    await say(stranger, "GET / HT");
    silent.push(stranger);
  }
  for (const connection of silent.slice(0, 2)) assert.equal(await hear(connection), "");
  assert.deepEqual(stage.refused, ["half_open", "half_open"]);
  const answered = [];
  for (let index = 0; index < 4; index++) {
    const connection = held.use(await stage.connect());
    await say(connection, HELLO);
    await hear(connection, "hello");
    answered.push(connection);
  }
  const [first, second] = answered;
  assert.ok(first && second);
  await say(first, HELLO);
  assert.match(await hear(first, "hello"), /hello/);
  assert.equal(await (await fetch(stage.url)).text(), "hello");
  assert.equal(await hear(second), "");
  await say(first, HELLO);
  assert.match(await hear(first, "hello"), /hello/);
  assert.ok(stage.refused.includes("connections"));
});

Deno.test("front keeps logged-in users and viewers, whatever other clients arrive", async () => {
  const budget = { ...pageBudget(), unknown: FEW, knownMax: 2 };
  await using stage = open((request, { loggedIn }) => {
    if (request.headers.has("Upgrade")) return upgraded(request);
    if (new URL(request.url).pathname === "/owner") loggedIn();
    return new Response("hello");
  }, budget);
  using owner = await stage.connect();
  await say(owner, HELLO.replace("/hello", "/owner"));
  await hear(owner, "hello");
  const viewer = new WebSocket(stage.url);
  await new Promise((resolve) => viewer.onopen = resolve);
  for (let index = 0; index < 20; index++) {
    assert.equal(
      (await (await fetch(stage.url, { headers: { Connection: "close" } })).text()).length,
      5,
    );
    using stranger = await stage.connect();
    await say(stranger, HELLO);
    await hear(stranger, "hello");
  }
  await say(owner, HELLO);
  assert.match(await hear(owner, "hello"), /hello/);
  assert.equal(viewer.readyState, WebSocket.OPEN);
  const closed = new Promise<CloseEvent>((resolve) => viewer.onclose = resolve);
  viewer.send("short");
  assert.equal((await closed).code, 1008);
});

Deno.test("front gives strangers only short answers while many read none, until they hang up", async () => {
  const large = new Uint8Array(LARGE);
  const budget = { ...pageBudget(), stuckMax: 1, answeredMax: 1 };
  await using stage = open((request, { loggedIn }) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/login") loggedIn();
    return new Response(pathname === "/short" ? "short" : large);
  }, budget);
  const isWhole = async (path: string) => {
    using connection = await stage.connect();
    await say(
      connection,
      HELLO.replace("/hello", path).replace("Host", "Connection: close\r\nHost"),
    );
    return (await hear(connection)).length > (path === "/short" ? 0 : LARGE);
  };
  {
    using deaf = new DisposableStack();
    await until("long answers to be cut", async () => {
      const connection = deaf.use(await stage.connect());
      await say(connection, HELLO);
      await untilStuckOrEnded(connection);
      return !await isWhole("/hello");
    }, PATIENT);
    assert.ok(await isWhole("/short"));
    assert.ok(await isWhole("/login"));
  }
  await until("the next one to be answered", () => isWhole("/hello"), PATIENT);
});

/** Waits until the system accepts no more data for a client that reads nothing, or its end. */
async function untilStuckOrEnded(client: Deno.TcpConn): Promise<void> {
  let before: string | undefined;
  await until("the connection to be stuck or ended", () => {
    const [state, unsent] = queueTo(client.localAddr.port);
    const isDone = state !== ESTABLISHED || (unsent !== "00000000" && unsent === before);
    before = unsent;
    return isDone;
  }, PATIENT);
}

/** The state of a connection to a client on this machine, and what waits to be sent: proc(5). */
function queueTo(port: number): readonly [state: string | undefined, unsent: string | undefined] {
  const client = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = Deno.readTextFileSync("/proc/net/tcp").split("\n").map((row) =>
    row.trim().split(" ")
  );
  const [, , , state, queues] = rows.find(([, , remote]) => remote?.endsWith(client)) ?? [];
  return [state, queues?.split(":")[0]];
}
