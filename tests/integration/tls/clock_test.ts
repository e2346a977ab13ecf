/** A Pi without a clock of its own: after a boot it believes in any time since 1970. */

import { startAgent } from "../../support/program/programs.ts";
import { startTlsHub } from "../../support/tls/tls_hub.ts";
import { FakeCalendar } from "../../support/time/faketime.ts";

const DAY_MS = 24 * 3_600_000;

Deno.test("an agent whose clock shows 1970 connects", async () => {
  await using hub = await startTlsHub();
  const config = await hub.enrol("arya", "Arya");
  using calendar = new FakeCalendar();
  calendar.set(60_000 - Date.now());
  await using agent = await startAgent(config, { through: calendar.through });
  await agent.process.line("connected");
  await hub.waitForLiveness("arya", "alive");
});

Deno.test("an agent whose clock is beyond the certificate's end says so, and connects when it is right", async () => {
  await using hub = await startTlsHub();
  const config = await hub.enrol("arya", "Arya");
  using calendar = new FakeCalendar();
  calendar.set(500 * DAY_MS);
  await using agent = await startAgent(config, { through: calendar.through });
  await agent.process.line(/cannot connect.*certificate.*[Ee]xpired/);
  calendar.set(0);
  await hub.waitForLiveness("arya", "alive");
});
