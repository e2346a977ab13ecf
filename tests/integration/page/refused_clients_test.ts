/** A real hub lists every client that it refuses, for any reason, by address or by node. */

import assert from "node:assert/strict";
import type { RefusalReason, RefusalView } from "../../../core/api/refusal_view.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { session } from "../../support/page/hub_http.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const TIMES = 25;
/** More than 20 refusals in a row count as active. */
const STORM = 200;

type Client = RefusalView & { readonly active: boolean };

async function refusalsOf(hub: Hub): Promise<readonly Client[]> {
  return (await hub.api<{ readonly clients: readonly Client[] }>("/api/v1/refusals")).clients;
}

/** Waits until a client is listed as active. */
async function told(hub: Hub, reason: RefusalReason, from: string): Promise<void> {
  await until(
    `${reason} of ${from}`,
    async () =>
      (await refusalsOf(hub)).some((client) =>
        client.reason === reason && client.from === from && client.active
      ),
  );
}

async function repeat(act: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < TIMES; index++) await act(index);
}

Deno.test("strangers are listed by their address, and a node by its credential", async () => {
  await using hub = await startHub();
  const port = hub.brokerPort;
  const login = { port, username: "pi-7", password: hub.credential("pi-7") };

  await Promise.all(
    Array.from(
      { length: TIMES },
      (_, index) =>
        assert.rejects(TestClient.connect({ port, username: "pi-7", password: `wrong ${index}` })),
    ),
  );
  await told(hub, "broker_login", "127.0.0.1");

  await repeat(async () => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await connection.read(new Uint8Array(1000)).catch(() => null);
  });
  await told(hub, "protocol", "127.0.0.1");

  const cookie = await session(hub);
  await repeat(async () => {
    const socket = new WebSocket(`${hub.url.replace("http", "ws")}/ws`, {
      headers: { Cookie: cookie },
    });
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.onopen = () => socket.send("hello");
    await closed;
  });
  await told(hub, "feed_input", "127.0.0.1");

  await using client = await TestClient.connect(login);
  await repeat(() => client.publish(`${ROOT}/nodes/other/heartbeat`, "{}"));
  await told(hub, "forbidden", "pi-7");

  for (let index = 0; index < STORM; index++) {
    const birth = { kind: "birth", session: String(index), every_ms: 1000 };
    client.send(`${ROOT}/nodes/pi-7/status`, JSON.stringify(birth));
  }
  await told(hub, "rate", "pi-7");

  const { text } = await hub.run("status");
  for (
    const words of [
      "127.0.0.1: wrong user name or password at the broker",
      "pi-7: publishes or subscribes where its credential may not",
      "pi-7: publishes more than its credential may",
    ]
  ) {
    assert.ok(text.includes(words), text);
  }
});
