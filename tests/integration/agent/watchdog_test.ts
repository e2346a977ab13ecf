/** The watchdog messages to systemd. `tests/systemd` checks that it kills programs that hang. */

import assert from "node:assert/strict";
import { freePort } from "../../support/network/free_port.ts";
import { NotifySocket } from "../../support/program/notify_socket.ts";
import {
  type Sections,
  startAgent,
  startHub,
  type StartOptions,
  startTracker,
  type TestProgram,
} from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

/** A loop that has nothing to do turns about once in a third of this. */
const WATCHDOG_MS = 6000;

type Start = (config: Sections, options: StartOptions) => Promise<TestProgram>;

const PROGRAMS: readonly (readonly [name: string, start: Start])[] = [
  ["agent", startAgent],
  ["tracker", startTracker],
  ["hub", startHub],
];

for (const [name, start] of PROGRAMS) {
  Deno.test(`${name} tells systemd that it works though its broker is away`, async () => {
    await using systemd = await NotifySocket.open();
    using folder = new TemporaryFolder();
    const environment = [
      `NOTIFY_SOCKET=${systemd.path}`,
      `WATCHDOG_USEC=${WATCHDOG_MS * 1000}`,
      `RUNTIME_DIRECTORY=${folder.path}`,
    ];
    const config = {
      mqtt: { url: `mqtt://127.0.0.1:${freePort()}` },
      node: { id: "arya" },
      ...(name === "hub" && { hub: { broker: "none" } }),
    };
    await using program = await start(config, {
      through: ["env", ...environment],
      write: [systemd.path, folder.path],
    });
    await program.process.until("word that it works", () => systemd.messages.length >= 3);
    assert.deepEqual(systemd.messages.slice(0, 3), ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
    await program.stop();
    await until("word that it ends", () => systemd.messages.includes("STOPPING=1"));
    assert.equal(systemd.messages.at(-1), "STOPPING=1");
    assert.ok(!program.process.lines.some((line) => line.includes("cannot notify systemd")));
  });
}

Deno.test("a run after one that was killed tells systemd, too", async () => {
  await using systemd = await NotifySocket.open();
  using folder = new TemporaryFolder();
  const environment = [`NOTIFY_SOCKET=${systemd.path}`, `RUNTIME_DIRECTORY=${folder.path}`];
  const config = { mqtt: { url: `mqtt://127.0.0.1:${freePort()}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, {
    through: ["env", ...environment],
    write: [systemd.path, folder.path],
  });
  await until("READY", () => systemd.messages.includes("READY=1"));
  await agent.kill();
  await agent.start();
  await until(
    "READY again",
    () => systemd.messages.filter((word) => word === "READY=1").length === 2,
  );
});

Deno.test("a program that cannot notify systemd says why", async () => {
  const config = { mqtt: { url: `mqtt://127.0.0.1:${freePort()}` }, node: { id: "arya" } };
  await using agent = await startAgent(config, { through: ["env", "NOTIFY_SOCKET=/nowhere"] });
  await agent.process.line("cannot notify systemd: the unit needs RuntimeDirectory=");
});
