/** What an agent may see of the ways to its machine, from within its unit. */

import assert from "node:assert/strict";
import type { Ways } from "../../core/protocol/ways.ts";
import type { TestClient } from "../support/broker/mqtt_client.ts";
import type { SystemdMachine } from "./machine.ts";
import { testWithSystemd } from "./test_bed.ts";

const VITALS = "rpi-cluster/v1/nodes/john-snow/vitals";
const SLEEPS = "[Service]\nExecStart=/bin/sleep infinity\n";
const CONNECT =
  "/sys/fs/cgroup/user.slice/user-1777.slice/user@1777.service/app.slice/rpi-connect.service";
/** In place of Tailscale's daemon, which says the same to everybody on its machine. */
const DAEMON = `
import json, os, socketserver
from http.server import BaseHTTPRequestHandler
PATH = "/run/tailscale/tailscaled.sock"
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        own = {"DNSName": "john-snow.tail1.ts.net.", "KeyExpiry": "2099-01-01T00:00:00Z"}
        body = json.dumps({"BackendState": "Running", "Self": own}).encode()
        self.send_response(200 if self.path == "/localapi/v0/status?peers=false" else 404)
        self.end_headers()
        self.wfile.write(body)
    def address_string(self): return "unix"
with socketserver.UnixStreamServer(PATH, Answer) as server:
    os.chmod(PATH, 0o666)
    server.serve_forever()
`;

/** The ways of the run of the agent that starts now. */
async function waysOf(machine: SystemdMachine, listener: TestClient): Promise<Ways> {
  const from = listener.messages.length;
  await machine.do("systemctl", "restart", "agent");
  return await machine.until("the ways", () => {
    const said = listener.messages.slice(from).filter(({ topic }) => topic === VITALS);
    return said.map(({ payload }): Ways | undefined => JSON.parse(payload).ways)
      .find((ways) => ways !== undefined);
  });
}

testWithSystemd("an agent in its unit sees the ways to its machine", {
  files: {
    "/daemon.py": DAEMON,
    "/etc/systemd/system/tailscaled.service":
      "[Service]\nExecStart=/usr/bin/python3 /daemon.py\nRuntimeDirectory=tailscale\n",
    "/etc/systemd/system/remoteit@.service": SLEEPS,
    "/etc/systemd/user/rpi-connect.service": SLEEPS,
    "/etc/systemd/system/shell.socket": "[Socket]\nListenStream=22\nAccept=yes\n",
    "/etc/systemd/system/shell@.service": SLEEPS,
  },
}, async ({ machine, listener }) => {
  const bare = await waysOf(machine, listener);
  assert.equal(bare.ssh?.state, "down");
  assert.equal(bare.remoteit?.state, "down");
  assert.equal(bare.connect?.state, "down");
  assert.equal(bare.tailscale?.state, "down");

  await machine.do("sh", "-c", "echo alice:x:1777:1777::/home/alice:/bin/sh >> /etc/passwd");
  await machine.do("systemctl", "start", "shell.socket", "tailscaled", "remoteit@one");
  await machine.until(
    "the daemon",
    async () => (await machine.run("test", "-S", "/run/tailscale/tailscaled.sock")).code === 0,
  );
  await machine.do(
    "sh",
    "-c",
    `mkdir -p ${CONNECT}; sleep 3600 >/dev/null 2>&1 & echo $! > ${CONNECT}/cgroup.procs`,
  );
  assert.deepEqual(await waysOf(machine, listener), {
    ssh: { state: "up", port: 22 },
    vnc: { state: "down", port: 5900 },
    connect: { state: "up", warning: "not_after_reboot" },
    tailscale: {
      state: "up",
      host: "john-snow.tail1.ts.net",
      expires_at: "2099-01-01T00:00:00.000Z",
    },
    remoteit: { state: "up" },
  });

  await machine.do(
    "sh",
    "-c",
    "mkdir -p /var/lib/systemd/linger; touch /var/lib/systemd/linger/alice",
  );
  assert.deepEqual((await waysOf(machine, listener)).connect, { state: "up" });
});
