/** Who may come without TLS: a new hub's own machine, and everybody where a hub ran before. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { startAgent } from "../../support/program/programs.ts";
import { startTlsHub, type TlsHub } from "../../support/tls/tls_hub.ts";

const EVERYWHERE = "00000000";
const LOOPBACK = "0100007F";
/** The state of a socket that listens, in the kernel's list. */
const LISTENS = "0A";

/** The addresses at which somebody listens on a port, as the kernel writes them. */
function listening(port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const lines = Deno.readTextFileSync("/proc/net/tcp").split("\n").map((line) =>
    line.trim().split(/\s+/)
  );
  return lines.flatMap(([, local = "", , state]) => {
    const [address = "", found] = local.split(":");
    return state === LISTENS && found === wanted ? [address] : [];
  });
}

/** With a broker on all addresses. */
async function startWide(): Promise<TlsHub> {
  const hub = await startTlsHub();
  await hub.restart({ broker_listen: `0.0.0.0:${hub.brokerPort}` });
  return hub;
}

Deno.test("a new hub has its broker without TLS for its own machine alone", async () => {
  await using hub = await startWide();
  assert.deepEqual(listening(hub.brokerPort), [LOOPBACK]);
  assert.ok(!hub.process.lines.some((line) => line.includes("without encryption")));
});

Deno.test("a hub that ran before it had TLS goes on for everybody, warns, and keeps that in mind", async () => {
  await using hub = await startTlsHub();
  await hub.stop();
  // As an older version leaves it, with a Pi that knows nothing of TLS.
  Deno.removeSync(join(hub.statePath, "tls"), { recursive: true });
  const url = `mqtt://127.0.0.1:${hub.brokerPort}`;
  const password = hub.credential("arya");
  const wide = { broker_listen: `0.0.0.0:${hub.brokerPort}` };
  await hub.restart(wide);
  await hub.process.line(/also answer without encryption.*plain = loopback/);
  assert.deepEqual(listening(hub.brokerPort), [EVERYWHERE]);
  await using _agent = await startAgent({
    mqtt: { url, username: "arya", password },
    node: { id: "arya" },
  });
  await hub.waitForLiveness("arya", "alive");
  await hub.restart(wide);
  assert.deepEqual(listening(hub.brokerPort), [EVERYWHERE]);
  await hub.waitForLiveness("arya", "alive");

  await hub.restart({ ...wide, plain: "loopback" });
  assert.deepEqual(listening(hub.brokerPort), [LOOPBACK]);
});

Deno.test("with plain = no nobody is served without TLS, and commands work", async () => {
  await using hub = await startTlsHub();
  const config = await hub.enrol("arya", "Arya");
  const page = Number(new URL(hub.url).port);
  await hub.restart({ plain: "no" });
  assert.deepEqual([...listening(page), ...listening(hub.brokerPort)], []);
  await using _agent = await startAgent(config);
  const { text } = await hub.run("status");
  assert.match(text, /arya|No Pi has reported yet/);
});

Deno.test("a port of TLS that is taken ends the hub only where the configuration names it", async () => {
  await using hub = await startTlsHub();
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await hub.stop();
  const taken = `127.0.0.1:${other.addr.port}`;
  const { code, text } = await hub.attempt({ mqtts_listen: taken });
  assert.equal(code, 1);
  assert.match(text, new RegExp(`Cannot listen on ${taken} \\(\\[hub\\] mqtts_listen\\)`));
});
