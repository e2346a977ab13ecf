/** Page and embedded broker are reachable over IPv4 and IPv6, whatever the system's settings. */

import assert from "node:assert/strict";
import { openEach } from "../../../hub/listen/dual_stack.ts";
import { networkHindrance } from "../../support/network/network.ts";
import { runCommand } from "../../support/program/command.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { iniOf, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";

const hindrance = networkHindrance();
const ignore = hindrance !== undefined && Deno.env.get("CI") !== "true";

/** Returns whether a connection is accepted there, in the network of a process. */
async function accepts(pid: number, host: string, port: number): Promise<boolean> {
  const script = `exec 3<>/dev/tcp/${host}/${port}`;
  const args = ["--net", `--target=${pid}`, "bash", "-c", script];
  return (await runCommand("nsenter", { args })).code === 0;
}

Deno.test("a hub that listens on * is reachable over both families, and logs the clients' addresses", async () => {
  await using hub = await startHub();
  await hub.stop();
  const [page, broker] = [Number(new URL(hub.url).port), hub.brokerPort];
  hub.configure({ hub: { listen: `*:${page}`, broker_listen: `*:${broker}` } });
  await hub.start();
  for (const hostname of ["127.0.0.1", "::1"]) {
    for (const port of [page, broker]) {
      using connection = await Deno.connect({ hostname, port });
      assert.ok(connection.remoteAddr, `${hostname}:${port}`);
    }
  }
  const answer = await fetch(`http://127.0.0.1:${page}/api/v1/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ password: hub.password }),
  });
  assert.equal(answer.status, 200, await answer.text());
  const sessions = await hub.api<unknown>("/api/v1/sessions");
  assert.match(JSON.stringify(sessions), /"127\.0\.0\.1"/);
  assert.doesNotMatch(JSON.stringify(sessions), /::ffff/);
  const { code, text } = await hub.run("enrol", "john-snow");
  assert.equal(code, 0, text);
});

const SYSTEMS = [
  {
    what: "keeps the families apart",
    setting: "net.ipv6.bindv6only=1",
    hosts: ["127.0.0.1", "::1"],
  },
  {
    what: "has IPv6 turned off",
    setting: "net.ipv6.conf.all.disable_ipv6=1",
    hosts: ["127.0.0.1"],
  },
];

for (const { what, setting, hosts } of SYSTEMS) {
  Deno.test({
    name: `a hub on a system that ${what} is reached where it can be` +
      (hindrance === undefined ? "" : ` (${hindrance})`),
    ignore,
    async fn() {
      using folder = new TemporaryFolder();
      const [page, broker] = [8080, 1883];
      const config = folder.write("config.ini", iniOf({ hub: { state: folder.file("state") } }));
      const script = `sysctl -q -w ${setting} && ip link set lo up && exec "$@"`;
      await using hub = new ProgramProcess({
        program: "hub",
        args: ["--config", config],
        scope: { write: [folder.path] },
        through: ["unshare", "--net", "sh", "-c", script, "sh"],
      });
      await hub.line("the page is up", { withinMs: 60_000 });
      for (const host of hosts) {
        for (const port of [page, broker]) {
          await until(`${host}:${port}`, () => accepts(hub.pid, host, port));
        }
      }
      await hub.line("sees the cluster", { withinMs: 60_000 });
      assert.equal((await hub.end("SIGTERM")).code, 0);
    },
  });
}

Deno.test("where there is no IPv6 a server is opened over IPv4, and a taken port stays an error", () => {
  const opened: string[] = [];
  const server = { port: 8080, close: () => {} };
  openEach({ hostname: "*", port: 0 }, ({ hostname }) => {
    // Deno's error for EAFNOSUPPORT.
    if (hostname === "::") {
      throw new Error("Address family not supported by protocol (os error 97)");
    }
    opened.push(hostname);
    return server;
  });
  assert.deepEqual(opened, ["0.0.0.0"]);
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const listen = (at: { readonly hostname: string; readonly port: number }) => {
    const listener = Deno.listen({ ...at, transport: "tcp" });
    return { port: listener.addr.port, close: () => listener.close() };
  };
  assert.throws(
    () => openEach({ hostname: "*", port: taken.addr.port }, listen),
    Deno.errors.AddrInUse,
  );
});
