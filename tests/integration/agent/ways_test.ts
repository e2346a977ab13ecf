/** How an agent finds the ways to its machine: from files, sockets and Tailscale's own daemon. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { askTailscale } from "../../../vitals/tailscale.ts";
import { LINGERING, readWays, TAILSCALE_SOCKET } from "../../../vitals/ways_in.ts";
import { PiTree } from "../../support/nodes/pi_tree.ts";
import { startAgent, startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const PORTS = { sshPort: 22, vncPort: 5900 };
const HEAD = "  sl  local_address rem_address   st\n";
const NOBODY = { "/proc/net/tcp": HEAD, "/proc/net/tcp6": HEAD };
const GROUPS = { "/sys/fs/cgroup/cgroup.stat": "nr_descendants 57\nnr_dying_descendants 0\n" };
const RUNS = "populated 1\nfrozen 0\n";
const STOPPED = "populated 0\nfrozen 0\n";
const USERS = "root:x:0:0::/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n" +
  "bob:x:1001:1001::/home/bob:/bin/bash\n";
const CONNECT = { "/usr/lib/systemd/user/rpi-connect.service": "[Unit]\n", "/etc/passwd": USERS };

function connectOf(user: number): string {
  return `/sys/fs/cgroup/user.slice/user-${user}.slice/user@${user}.service/app.slice/` +
    "rpi-connect.service/cgroup.events";
}

async function treeOf(files: Readonly<Record<string, string>>): Promise<PiTree> {
  const tree = await PiTree.of("pi_5");
  for (const [path, text] of Object.entries({ ...NOBODY, ...GROUPS, ...files })) {
    await tree.write(path, text);
  }
  return tree;
}

async function connectOfTree(
  files: Readonly<Record<string, string>>,
  { lingers }: { readonly lingers?: string } = {},
) {
  await using tree = await treeOf({ ...CONNECT, ...files });
  if (lingers !== undefined) await tree.write(`${LINGERING}/${lingers}`, "");
  return (await readWays({ ...PORTS, root: tree.root })).connect;
}

Deno.test("a machine without any of the services has SSH and VNC alone to tell of", async () => {
  await using tree = await treeOf({
    "/proc/net/tcp": `${HEAD}   0: 00000000:0016 00000000:0000 0A \n`,
  });
  assert.deepEqual(await readWays({ ...PORTS, root: tree.root }), {
    ssh: { port: 22, listening: "everybody" },
    vnc: { port: 5900, listening: "nobody" },
    connect: undefined,
    tailscale: undefined,
    remoteit: undefined,
  });
});

Deno.test("Connect that runs for a user without lingering and without a login at boot is found", async () => {
  const running = { [connectOf(1000)]: RUNS };
  assert.deepEqual(await connectOfTree(running), { isRunning: true, startsAtBoot: false });
  assert.deepEqual(await connectOfTree(running, { lingers: "bob" }), {
    isRunning: true,
    startsAtBoot: false,
  });
  assert.deepEqual(await connectOfTree(running, { lingers: "alice" }), {
    isRunning: true,
    startsAtBoot: true,
  });
});

Deno.test("a desktop or a console that logs the user in starts Connect as well", async () => {
  const running = { [connectOf(1000)]: RUNS };
  const desktop = (user: string) => ({
    ...running,
    "/etc/lightdm/lightdm.conf": `[Seat:*]\n#autologin-user=nobody\nautologin-user=${user}\n`,
    "/etc/systemd/system/display-manager.service": "[Unit]\n",
  });
  assert.equal((await connectOfTree(desktop("alice")))?.startsAtBoot, true);
  assert.equal((await connectOfTree(desktop("bob")))?.startsAtBoot, false);
  const console = {
    "/etc/systemd/system/getty@tty1.service.d/autologin.conf":
      "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin alice --noclear %I $TERM\n",
  };
  assert.equal((await connectOfTree({ ...running, ...console }))?.startsAtBoot, true);
});

Deno.test("another program for the login on the screen leaves it unknown, and so warns nobody", async () => {
  const other = { "/etc/systemd/system/display-manager.service": "[Unit]\nDescription=Simple\n" };
  const found = await connectOfTree({ [connectOf(1000)]: RUNS, ...other });
  assert.deepEqual(found, { isRunning: true, startsAtBoot: undefined });
});

Deno.test("Connect that is installed and stopped, or on a kernel without control groups", async () => {
  assert.deepEqual(await connectOfTree({ [connectOf(1000)]: STOPPED }), {
    isRunning: false,
    startsAtBoot: undefined,
  });
  await using tree = await PiTree.of("pi_5");
  for (const [path, text] of Object.entries(CONNECT)) await tree.write(path, text);
  const ways = await readWays({ ...PORTS, root: tree.root });
  assert.deepEqual(ways.connect, { isRunning: undefined, startsAtBoot: undefined });
  assert.equal(ways.ssh.listening, "unknown");
});

Deno.test("remote.it runs when one of its connections or its older service runs", async () => {
  const unit = { "/usr/lib/systemd/system/remoteit@.service": "[Unit]\n" };
  const slice = "/sys/fs/cgroup/system.slice/system-remoteit.slice/cgroup.events";
  const legacy = "/sys/fs/cgroup/system.slice/connectd.service/cgroup.events";
  const remoteit = async (files: Readonly<Record<string, string>>) => {
    await using tree = await treeOf(files);
    return (await readWays({ ...PORTS, root: tree.root })).remoteit;
  };
  assert.deepEqual(await remoteit({ ...unit, [slice]: RUNS }), { isRunning: true });
  assert.deepEqual(await remoteit({ ...unit, [slice]: STOPPED }), { isRunning: false });
  assert.deepEqual(await remoteit(unit), { isRunning: false });
  const old = { "/lib/systemd/system/connectd.service": "[Unit]\n" };
  assert.deepEqual(await remoteit({ ...old, [legacy]: RUNS }), { isRunning: true });
});

Deno.test("Tailscale's daemon is asked for its own state, and for nothing else", async () => {
  await using tree = await treeOf({});
  const asked: string[] = [];
  await using _daemon = await answering(tree, (request) => {
    asked.push(`${request.method} ${request.url}`);
    return Response.json({
      BackendState: "Running",
      Self: { DNSName: "john-snow.tail1.ts.net.", KeyExpiry: "2026-12-06T10:00:00Z" },
    });
  });
  assert.deepEqual((await readWays({ ...PORTS, root: tree.root })).tailscale, {
    isRunning: true,
    host: "john-snow.tail1.ts.net",
    expiresAtMs: Date.UTC(2026, 11, 6, 10),
  });
  assert.equal(asked.length, 1);
  assert.match(asked[0] ?? "", /^GET http.*:\/\/.*\/localapi\/v0\/status\?peers=false$/);
});

Deno.test("a daemon that refuses, or speaks something else, leaves Tailscale unknown", async () => {
  const unit = { "/usr/lib/systemd/system/tailscaled.service": "[Unit]\n" };
  const group = "/sys/fs/cgroup/system.slice/tailscaled.service/cgroup.events";
  const unknown = { isRunning: undefined, host: undefined, expiresAtMs: undefined };
  const answers = [
    () => new Response("access denied", { status: 403 }),
    () => new Response("no JSON"),
    () => new Response("x".repeat(1_000_000)),
  ];
  for (const answer of answers) {
    await using tree = await treeOf({ ...unit, [group]: RUNS });
    await using _daemon = await answering(tree, answer);
    assert.deepEqual((await readWays({ ...PORTS, root: tree.root })).tailscale, unknown);
  }
  await using stopped = await treeOf({ ...unit, [group]: STOPPED });
  assert.deepEqual((await readWays({ ...PORTS, root: stopped.root })).tailscale, {
    ...unknown,
    isRunning: false,
  });
});

Deno.test("a daemon that never answers does not hold up an agent that must end", async () => {
  await using tree = await treeOf({});
  const path = tree.root + TAILSCALE_SOCKET;
  await Deno.mkdir(dirname(path), { recursive: true });
  using daemon = Deno.listen({ transport: "unix", path });
  const stop = new AbortController();
  const state = askTailscale(path, stop.signal);
  using _asked = await daemon.accept();
  stop.abort(new Error("asked to stop"));
  await assert.rejects(state, /asked to stop/);
  await assert.rejects(askTailscale(path, stop.signal), /asked to stop/);
});

/** An HTTP server at the place of Tailscale's socket. */
async function answering(
  tree: PiTree,
  answer: (request: Request) => Response,
): Promise<AsyncDisposable> {
  const path = tree.root + TAILSCALE_SOCKET;
  await Deno.mkdir(dirname(path), { recursive: true });
  const server = Deno.serve({ path, onListen: () => {} }, answer);
  return { [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("an agent tells its hub how its own machine is reached, by the ports of the owner's links", async () => {
  using everybody = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  using itself = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using hub = await startHub();
  const enrolled = await hub.enrol("john-snow", "John Snow");
  const remote = `Shell: ssh://alice@john-snow.local:${everybody.addr.port}, ` +
    `vnc://john-snow.local:${itself.addr.port}`;
  await using _agent = await startAgent({
    ...enrolled,
    node: { ...enrolled.node, remote },
  });
  const node = await until("the ways", async () => {
    const found = (await hub.nodes()).find(({ id }) => id === "john-snow");
    return found?.ways.ssh === undefined ? undefined : found;
  });
  assert.deepEqual(node.ways.ssh, { state: "up", port: everybody.addr.port });
  assert.deepEqual(node.ways.vnc, { state: "local", port: itself.addr.port });
  assert.deepEqual(node.remote_names, ["Shell", ""]);
  assert.deepEqual(node.remote.length, 2);
  assert.equal(node.facts.remote_names, undefined);
});
