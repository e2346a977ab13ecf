/**
 * The executables: built for the right machine, with few permissions, and equivalent to the
 * sources.
 */

import assert from "node:assert/strict";
import { IP_PATHS } from "../../../core/network/view.ts";
import config from "../../../deno.json" with { type: "json" };
import { readElf } from "../../../scripts/elf.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { freePort } from "../../support/network/free_port.ts";
import { runCommand } from "../../support/program/command.ts";
import {
  executablePath,
  isMissing,
  PROGRAM_NAMES,
  readPermissions,
  TARGET_NAMES,
} from "../../support/program/executable.ts";
import { ProgramProcess } from "../../support/program/program_process.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** The largest page size of a kernel for the target; an x86-64 kernel has only one. */
const PAGE_BYTES = { aarch64: 65_536, x86_64: 4096 };

/**
 * Forbids memory that is or was both writable and executable (Linux 6.3), then runs the command.
 */
const WITHOUT_WRITABLE_CODE = `import ctypes, os, sys
PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1
if ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) != 0: sys.exit("prctl failed")
os.execv(sys.argv[1], sys.argv[1:])`;

for (const program of PROGRAM_NAMES) {
  for (const target of TARGET_NAMES) {
    Deno.test({
      name: `${program}-${target} is for its machine, and kernels with large pages can load it`,
      ignore: isMissing(program, target),
      fn: async () => {
        const { architecture, loads } = await readElf(executablePath(program, target));
        assert.equal(architecture, target);
        assert.ok(loads.length >= 2, "an executable has code and data");
        const page = (address: number) => Math.floor(address / PAGE_BYTES[target]);
        for (const [index, load] of loads.slice(1).entries()) {
          const before = loads[index];
          assert.ok(before && page(before.address + before.length - 1) < page(load.address));
        }
      },
    });
  }

  Deno.test({
    name: `${program} tells its version, and the status for a bad call from a bad configuration`,
    ignore: isMissing(program, "x86_64"),
    fn: async () => {
      using folder = new TemporaryFolder();
      const path = executablePath(program, "x86_64");
      const version = await runCommand(path, { args: ["--version"] });
      assert.equal(version.stdout, `${program} ${config.version}\n`);
      assert.equal((await runCommand(path, { args: ["--no-such-flag"] })).code, 2);
      const bad = folder.write("bad.ini", "[mqtt]\nurl = nonsense\n");
      const refused = await runCommand(path, { args: ["--check-config", "--config", bad] });
      assert.equal(refused.code, 78);
      assert.match(refused.stderr, /bad\.ini:2: /);
    },
  });
}

Deno.test({
  name: "each executable may do what it must and nothing else",
  ignore: isMissing("agent", "x86_64"),
  fn: async () => {
    const [agent, tracker, hub] = await Promise.all(
      PROGRAM_NAMES.map((program) => readPermissions(executablePath(program, "x86_64"))),
    );
    for (const permissions of [agent, tracker, hub]) {
      assert.equal(permissions?.allow_all ?? false, false);
      assert.equal(permissions?.prompt, false);
      assert.deepEqual(permissions?.deny_import, []);
      // It is in a list, so that it can be revoked: file_reach_test.ts.
      assert.deepEqual(permissions?.allow_read, ["/"]);
      assert.ok(Array.isArray(permissions?.allow_env) && permissions.allow_env.length > 0);
    }
    // One file; what is the other's is revoked at the start: shared_executable_test.ts.
    assert.deepEqual(tracker, agent);
    assert.deepEqual([agent?.allow_run, hub?.allow_run], [
      ["/usr/bin/head", "/usr/bin/systemctl", "/usr/bin/timedatectl", "/bin/sh", ...IP_PATHS],
      [
        ...IP_PATHS,
        "/usr/bin/head",
        "/usr/bin/systemctl",
        "/usr/bin/timedatectl",
        "/usr/bin/dd",
        "/usr/bin/rpi-cluster-hub",
        "/usr/local/bin/hub",
      ],
    ]);
    assert.deepEqual([agent?.allow_sys, hub?.allow_sys], [
      ["hostname", "networkInterfaces", "statfs", "osUptime"],
      ["hostname", "networkInterfaces", "osUptime", "statfs"],
    ]);
    assert.deepEqual([agent?.allow_write, hub?.allow_write], [
      [
        "/run/systemd/notify",
        "/run/rpi-cluster-agent",
        "/var/lib/rpi-cluster-agent",
        "/run/tailscale/tailscaled.sock",
        "/run/rpi-cluster-tracker",
        "/run/rpi-cluster-alert",
        "/var/lib/rpi-cluster-tracker",
      ],
      ["/"],
    ]);
    assert.equal(hub?.allow_ffi, null);
    assert.ok(Array.isArray(agent?.allow_ffi) && agent.allow_ffi.length > 0);
    for (const library of agent.allow_ffi) {
      assert.match(library, /^\/(usr\/)?lib.*\/lib(gpiod|c)\.so\.\d$/);
    }
  },
});

for (const program of ["agent", "tracker"] as const) {
  Deno.test({
    name: `${program} reaches a broker where no memory may be both writable and executable`,
    ignore: isMissing(program, "x86_64"),
    fn: async () => {
      await using broker = await Mosquitto.start();
      await using client = await TestClient.connect({ port: broker.port });
      await client.subscribe("rpi-cluster/v1/#");
      using folder = new TemporaryFolder();
      const temporary = folder.file("tmp");
      Deno.mkdirSync(temporary);
      const config = `[mqtt]\nurl = mqtt://127.0.0.1:${broker.port}\n[node]\nid = pi-1\n`;
      await using _process = new ProgramProcess({
        program,
        args: ["--config", folder.write("config.ini", config)],
        compiled: true,
        through: ["env", `TMPDIR=${temporary}`, "python3", "-c", WITHOUT_WRITABLE_CODE],
      });
      const said = program === "agent" ? "heartbeat" : "echo";
      await client.heard(
        `the ${said} of the ${program}`,
        ({ topic }) => topic === `rpi-cluster/v1/nodes/pi-1/${said}`,
      );
      assert.deepEqual(
        [...Deno.readDirSync(temporary)],
        [],
        "it leaves nothing in a shared folder",
      );
    },
  });
}

Deno.test({
  name: "hub makes its authority and its certificate as an executable",
  ignore: isMissing("hub", "x86_64"),
  fn: async () => {
    using folder = new TemporaryFolder();
    const port = freePort();
    const config = "[hub]\nlisten = 127.0.0.1:0\nbroker_listen = 127.0.0.1:0\n" +
      `https_listen = 127.0.0.1:${port}\nstate = ${folder.file("state")}\n`;
    await using hub = new ProgramProcess({
      program: "hub",
      args: ["--config", folder.write("hub.ini", config)],
      compiled: true,
    });
    await hub.line("the page is up");
    const ca = Deno.readTextFileSync(folder.file("state/tls/ca.crt"));
    using client = Deno.createHttpClient({ caCerts: [ca] });
    const response = await fetch(`https://127.0.0.1:${port}/healthz`, { client });
    assert.equal(await response.text(), "ok\n");
    assert.equal((await hub.end("SIGTERM")).code, 0);
  },
});

Deno.test({
  name: "hub serves the page that is embedded in it, from any folder",
  ignore: isMissing("hub", "x86_64"),
  fn: async () => {
    using folder = new TemporaryFolder();
    const port = freePort();
    const config = `[hub]\nlisten = 127.0.0.1:${port}\n` +
      `broker_listen = 127.0.0.1:${freePort()}\nstate = ${folder.file("state")}\n` +
      "https_listen = none\nmqtts_listen = none\n";
    await using hub = new ProgramProcess({
      program: "hub",
      args: ["--config", folder.write("hub.ini", config)],
      compiled: true,
      through: ["env", "--chdir=/"],
    });
    const page = await hub.until("the page", () => get(`http://127.0.0.1:${port}/`));
    assert.match(page, /<script[^>]+src="[^"]*app\.js"/);
    const script = await get(`http://127.0.0.1:${port}/app.js`);
    assert.ok((script?.length ?? 0) > 10_000, "the page's script is whole");
    assert.equal((await hub.end("SIGTERM")).code, 0);
  },
});

async function get(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url);
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
