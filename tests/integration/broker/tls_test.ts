/**
 * TLS with a private authority: a client that trusts it connects, and any other client reveals
 * nothing.
 */

import assert from "node:assert/strict";
import { type Authority, newAuthority } from "../../support/broker/authority.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { ROOT } from "../../support/program/cluster.ts";
import { startAgent, startTracker } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

async function startTlsMosquitto(
  { certFile, keyFile }: Authority,
): Promise<AsyncDisposable & { readonly plain: number; readonly secure: number }> {
  const secure = freePort();
  const broker = await Mosquitto.start({
    config: ({ port }) =>
      `user root\nallow_anonymous true\nlistener ${port} 127.0.0.1\n` +
      `listener ${secure} 127.0.0.1\ncertfile ${certFile}\nkeyfile ${keyFile}\n`,
  });
  return {
    plain: broker.port,
    secure,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

function configFor(url: string, caFile: string) {
  const login = { username: "john-snow", password: "Ygritte-knows-everything" };
  return { mqtt: { url, ca_file: caFile, ...login }, node: { id: "john-snow" } };
}

Deno.test("agent and tracker connect by TLS to a broker whose authority is configured", async () => {
  using folder = new TemporaryFolder();
  const authority = await newAuthority(folder.file("ours"));
  await using broker = await startTlsMosquitto(authority);
  await using listener = await TestClient.connect({ port: broker.plain });
  await listener.subscribe(`${ROOT}/#`, 1);
  const config = configFor(`mqtts://127.0.0.1:${broker.secure}`, authority.caFile);
  await using _agent = await startAgent(config);
  const heartbeat = `${ROOT}/nodes/john-snow/heartbeat`;
  await listener.heard("a heartbeat", ({ topic }) => topic === heartbeat);
  await using tracker = await startTracker({ ...config, node: { id: "arya" } });
  await tracker.process.line("node=john-snow from=unknown to=up");
});

Deno.test("an agent shows its credential to no broker whose authority it does not know", async () => {
  using folder = new TemporaryFolder();
  const [ours, theirs] = await Promise.all([
    newAuthority(folder.file("ours")),
    newAuthority(folder.file("theirs")),
  ]);
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert: Deno.readTextFileSync(theirs.certFile),
    key: Deno.readTextFileSync(theirs.keyFile),
  });
  let attempts = 0;
  const received: number[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      using open = connection;
      attempts++;
      // A handshake that the other side refuses appears as an error.
      received.push(await open.read(new Uint8Array(1024)).catch(() => 0) ?? 0);
    }
  })();
  {
    await using agent = await startAgent(
      configFor(`mqtts://127.0.0.1:${listener.addr.port}`, ours.caFile),
    );
    await agent.process.line(/cannot connect.*certificate.*UnknownIssuer/);
    await until("more attempts", () => attempts > 1);
    assert.ok(!agent.process.lines.some((line) => line.includes("Ygritte")));
    await agent.stop();
  }
  listener.close();
  await accepting;
  assert.ok(received.every((bytes) => bytes === 0), `${received} bytes were sent`);
});

Deno.test("an agent reports why it refuses a certificate for another host", async () => {
  using folder = new TemporaryFolder();
  const authority = await newAuthority(folder.file("ours"));
  await using broker = await startTlsMosquitto(authority);
  const url = `mqtts://localhost:${broker.secure}`;
  await using agent = await startAgent(configFor(url, authority.caFile));
  await agent.process.line(/cannot connect.*certificate.*localhost/);
});
