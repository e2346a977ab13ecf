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
  TestProgram,
  withSections,
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
    const states = () => systemd.messages.filter((line) => !line.startsWith("STATUS="));
    const lines = () => systemd.messages.filter((line) => line.startsWith("STATUS="));
    await program.process.until("word that it works", () => states().length >= 3);
    assert.deepEqual(states().slice(0, 3), ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]);
    await program.process.until("word of its broker", () => {
      return lines().some((line) => /connection to the broker|no broker at .*refused/.test(line));
    });
    const afterwards = lines().length;
    const beats = states().length;
    await program.process.until("more word", () => states().length >= beats + 2);
    assert.equal(lines().length, afterwards, "what has not changed is not told again");
    await program.stop();
    await until("word that it ends", () => systemd.messages.includes("STOPPING=1"));
    assert.equal(systemd.messages.at(-1), "STOPPING=1");
    assert.ok(!program.process.lines.some((line) => line.includes("cannot notify systemd")));
  });
}

Deno.test("a bad configuration, and whatever else ends a service, is in its status line", async () => {
  await using systemd = await NotifySocket.open();
  using folder = new TemporaryFolder();
  const environment = [
    `NOTIFY_SOCKET=${systemd.path}`,
    `RUNTIME_DIRECTORY=${folder.path}`,
    "INVOCATION_ID=of-a-service",
  ];
  const options = { through: ["env", ...environment], write: [systemd.path, folder.path] };
  await using agent = new TestProgram("agent", { mqtt: { url: "nonsense", port: 0 } }, options);
  assert.equal((await agent.run()).code, 78);
  await until("the reason", () => systemd.messages.length > 0);
  assert.match(
    systemd.messages[0] ?? "",
    /^STATUS=bad configuration: \S+config\.ini:\d+: \[mqtt\] url: expected .* \(and \d more\)$/,
  );
  systemd.messages.length = 0;
  await using hub = await startHub();
  const taken = { hub: { broker: "none", listen: hub.url.replace("http://", "") } };
  await using second = new TestProgram(
    "hub",
    withSections(taken, {
      hub: { state: folder.file("state") },
    }),
    options,
  );
  assert.equal((await second.run()).code, 1);
  await until("the reason", () => systemd.messages.some((line) => /^STATUS=.*listen/.test(line)));
});

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
