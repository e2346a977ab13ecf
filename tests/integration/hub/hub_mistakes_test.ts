/** Mistakes of users: one line says what to do, never a stack trace. */

import assert from "node:assert/strict";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { runCommand } from "../../support/program/command.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { startAgent, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

/** A running hub forgets a node within this time after its credential ended. */
const FORGOTTEN_MS = 2500;

/** Returns the single line of a hub that cannot start, without the time. */
async function complaint(folder: TemporaryFolder, keys: string): Promise<string> {
  const own = `https_listen = none\nmqtts_listen = none\n${keys}`;
  const config = folder.write(`${crypto.randomUUID()}.ini`, `[hub]\n${own}\n`);
  await using hub = new ProgramProcess({
    program: "hub",
    args: ["--config", config, "--log-level", "warning"],
    scope: { write: [folder.path] },
  });
  const { code } = await hub.until("its end", () => hub.hasEnded && hub.ended);
  assert.equal(code, 1);
  assert.equal(hub.lines.length, 1, hub.lines.join("\n"));
  return (hub.lines[0] ?? "").replace(/^.* error hub {2}/, "");
}

Deno.test("hub names a used port, and the key that changes it, in one line", async () => {
  using folder = new TemporaryFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${taken.addr.port}`;
  const state = `state = ${folder.file("state")}`;
  const free = "127.0.0.1:0";
  assert.match(
    await complaint(folder, `${state}\nlisten = ${free}\nbroker_listen = ${address}`),
    new RegExp(`^Cannot listen on ${address} \\(\\[hub\\] broker_listen\\): Address .*in use`),
  );
  assert.match(
    await complaint(folder, `${state}\nlisten = ${address}\nbroker_listen = ${free}`),
    new RegExp(`^Cannot listen on ${address} \\(\\[hub\\] listen\\): Address .*in use`),
  );
});

Deno.test("hub reports in one line that it cannot write its state", async () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "");
  assert.match(
    await complaint(folder, `state = ${file}`),
    new RegExp(`^Cannot make \\[hub\\] state "${file}": `),
  );
  Deno.mkdirSync(folder.file("state/password"), { recursive: true });
  assert.match(
    await complaint(folder, `state = ${folder.file("state")}`),
    /^Cannot keep the page's password in ".*\/state\/password": /,
  );
});

Deno.test("hub enrol explains a wrong id or name in one line", async () => {
  await using hub = await startHub();
  for (
    const [args, message] of [
      [["hub"], '"hub" is the hub itself, which needs no credential for its own broker'],
      [
        ["Pi 1"],
        `A node's id: expected 1 to 63 lower-case letters, digits and hyphens, found "Pi 1"`,
      ],
      [["pi-1", "--name", " "], 'Expected a name of 1 to 64 characters, found " "'],
    ] as const
  ) {
    const { code, text } = await hub.run("enrol", ...args);
    assert.deepEqual([code, text], [2, message]);
  }
});

Deno.test("hub enrol ends a credential only with --renew, and a new one keeps the name", async () => {
  await using hub = await startHub();
  const nameIn = (text: string) => /^name = (.*)$/m.exec(text)?.[1];
  const passwordIn = (text: string) => /^password = (.*)$/m.exec(text)?.[1];
  const first = await hub.run("enrol", "hodor-3", "--name", "Hodor");
  assert.deepEqual([first.code, nameIn(first.text)], [0, "Hodor"]);

  const again = await hub.run("enrol", "hodor-3");
  assert.equal(again.code, 1);
  assert.match(again.text, /^"hodor-3" has a credential\. .* add --renew$/);
  const login = { username: "hodor-3", password: passwordIn(first.text) ?? "" };
  const client = await TestClient.connect({ port: hub.brokerPort, ...login });

  // Before it was ever heard, and after it announced its present name.
  const renewed = await hub.run("enrol", "hodor-3", "--renew");
  assert.deepEqual([renewed.code, nameIn(renewed.text)], [0, "Hodor"]);
  assert.notEqual(passwordIn(renewed.text), login.password);
  await until("the old credential's end", () => client.isClosed);
  await using second = await TestClient.connect({
    port: hub.brokerPort,
    username: "hodor-3",
    password: passwordIn(renewed.text) ?? "",
  });
  await using _node = await PretendNode.start(second, { id: "hodor-3", name: "Hold the Door" });
  await until("the name to be on the disk", async () => {
    return nameIn((await hub.run("enrol", "hodor-3", "--renew")).text) === "Hold the Door";
  });
  const named = await hub.run("enrol", "hodor-3", "--renew", "--name", "Wylis");
  assert.equal(nameIn(named.text), "Wylis");
});

Deno.test("hub revoke removes a node that was only configured, and says what is left to do", async () => {
  await using hub = await startHub({ cluster: { nodes: "jon-snow" } });
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), ["jon-snow"]);
  await hub.waitForLiveness("jon-snow", "dead");
  await hub.stop();
  hub.configure({});
  await hub.start();
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), ["jon-snow"]);
  const { code, text } = await hub.run("revoke", "jon-snow");
  assert.equal(code, 0, text);
  assert.equal(text, "jon-snow is forgotten. Now run: systemctl restart hub");
  await hub.stop();
  await hub.start();
  assert.deepEqual(await hub.nodes(), []);
  const again = await hub.run("revoke", "jon-snow");
  assert.deepEqual([again.code, again.text], [1, 'There is no Pi with the id "jon-snow".']);
  assert.equal((await hub.run("enrol", "john-snow")).code, 0);
  const meant = await hub.run("revoke", "jon-snow");
  const question = 'There is no Pi with the id "jon-snow". Did you mean john-snow?';
  assert.deepEqual([meant.code, meant.text], [1, question]);
});

Deno.test("a running hub whose password file is emptied forgets no node", async () => {
  await using hub = await startHub();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await hub.waitForLiveness("john-snow", "alive");
  Deno.truncateSync(`${hub.statePath}/passwd`);
  await hub.process.line("cannot read the password file reason=");
  // A node that is forgotten is so within two seconds, and its agent is not heard any more.
  const untilMs = Date.now() + FORGOTTEN_MS;
  await until("the node to be heard after that", async () => {
    const [node] = await hub.nodes();
    return Date.parse(node?.last_heartbeat_at ?? "") > untilMs;
  });
  assert.deepEqual((await hub.nodes()).map(({ liveness }) => liveness), ["alive"]);
  assert.ok(!agent.process.lines.some((line) => line.includes("disconnected")));
});

Deno.test("hub test-alert prints what it would send, however little is logged", async () => {
  using folder = new TemporaryFolder();
  const config = folder.write("hub.ini", "[sms]\nprovider = print\nto = +4915112345678\n");
  const { code, stdout, stderr } = await runCommand(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-all", "hub/main.ts"],
      ...["test-alert", "--config", config, "--log-level", "error"],
    ],
  });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    "Nobody is notified when a Pi dies: messages are only printed. Set up [webhook] or [sms]\n",
  );
  assert.match(
    stdout,
    /^SMS to \+4915112345678 \(printed, not sent\): .*\nprint to \+4915112345678: printed\n$/,
  );
});
