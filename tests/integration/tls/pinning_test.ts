/** To whom an agent shows its credential: to its own hub alone. */

import assert from "node:assert/strict";
import { startAgent } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { TestAuthority } from "../../support/tls/certificates.ts";
import { RogueServer } from "../../support/tls/rogue_server.ts";
import { until } from "../../support/time/until.ts";

const CREDENTIAL = { username: "john-snow", password: "Ygritte-knows-everything" };

function configFor(server: RogueServer, authorities: Readonly<Record<string, string>>) {
  const url = `mqtts://127.0.0.1:${server.port}`;
  return { mqtt: { url, ...authorities, ...CREDENTIAL }, node: { id: "john-snow" } };
}

/** Asserts that an agent gives the reason, tries again, and reveals nothing. */
async function refuses(
  server: RogueServer,
  ca: string,
  reason: RegExp,
  through: readonly string[] = [],
): Promise<void> {
  await using agent = await startAgent(configFor(server, { ca }), { through });
  await agent.process.line(reason);
  await until("more attempts", () => server.attempts > 1);
  assert.equal(server.receivedBytes, 0);
  assert.ok(!agent.process.lines.some((line) => line.includes("Ygritte")));
}

Deno.test("a man in the middle with another authority's certificate gets no credential", async () => {
  const [ours, theirs] = [await TestAuthority.make("ours"), await TestAuthority.make("theirs")];
  await using server = new RogueServer(await theirs.server());
  await refuses(server, ours.line, /cannot connect.*certificate.*UnknownIssuer/);
});

Deno.test("an agent with a hub's authority trusts no other, not even one that the machine trusts", async () => {
  using folder = new TemporaryFolder();
  const [ours, everybodys] = [
    await TestAuthority.make("ours"),
    await TestAuthority.make("everybody's"),
  ];
  const trusted = folder.write("everybody.crt", everybodys.pem);
  const through = ["env", `DENO_CERT=${trusted}`];
  await using server = new RogueServer(await everybodys.server());
  await refuses(server, ours.line, /cannot connect.*certificate.*UnknownIssuer/, through);
  // Without a hub's authority, the same agent reveals what it has.
  await using _agent = await startAgent(configFor(server, {}), { through });
  await until("a CONNECT", () => server.receivedBytes > 0);
});

Deno.test("a certificate of the hub's authority for another host is refused", async () => {
  const ours = await TestAuthority.make();
  await using server = new RogueServer(await ours.server({ names: ["hub.local", "192.0.2.7"] }));
  await refuses(server, ours.line, /cannot connect.*certificate.*127\.0\.0\.1/);
});

Deno.test("a certificate of the hub's authority that has ended is refused, and the clock is named", async () => {
  const ours = await TestAuthority.make();
  await using server = new RogueServer(await ours.server({ days: -1 }));
  await refuses(server, ours.line, /cannot connect.*certificate.*[Ee]xpired/);
});
