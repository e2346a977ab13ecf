/** The files of the agent in shell: what they must be, and what they refuse. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { VITAL_KINDS } from "../../../core/protocol/vitals.ts";
import { VERSION } from "../../../core/version.ts";
import { PROJECT } from "../../../scripts/project.ts";
import { SHELLS } from "../../support/nodes/shell_agent.ts";
import { runCommand } from "../../support/program/command.ts";
import { commandOf } from "../../support/program/runtimes.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { testTogether } from "../../support/time/together.ts";

const FOLDER = join(PROJECT, "packaging/shell");
const AGENT = join(FOLDER, "agent.sh");
const FILES = ["agent.sh", "settings.sh", "machine.sh"].map((name) => join(FOLDER, name));
const LINES_MAX = 150;

Deno.test("shellcheck finds nothing in the agent in shell", async () => {
  const args = ["--shell=sh", "--external-sources", "--check-sourced", AGENT];
  const { code, stdout, stderr } = await runCommand("shellcheck", { args, cwd: PROJECT });
  assert.equal(code, 0, stdout + stderr);
});

Deno.test("it has the version of the project, and each file fits on few pages", () => {
  const [agent = ""] = FILES.map((file) => Deno.readTextFileSync(file));
  assert.equal(/^VERSION=(\S+)/m.exec(agent)?.[1], VERSION);
  for (const file of FILES) {
    const lines = Deno.readTextFileSync(file).split("\n").length - 1;
    assert.ok(lines <= LINES_MAX, `${file}: ${lines} lines`);
  }
});

Deno.test("it judges vitals by the limits of the other agent", () => {
  const machine = Deno.readTextFileSync(join(FOLDER, "machine.sh"));
  const judged = [...machine.matchAll(/^ {2}gauge (\w+) "\$\w+" (\d+) (\d+) (\d+)$/gm)];
  const expected = Object.entries(VITAL_KINDS).flatMap(([name, kind]) => {
    if (kind.kind === "flag") return [];
    // No share is that high.
    const criticalAt = Math.min(kind.criticalAt, 999);
    return [[name, kind.warnAt, criticalAt, kind.clearBelow].join(" ")];
  });
  assert.deepEqual(judged.map(([, ...words]) => words.join(" ")), expected);
});

/** `config.ini` to what is said of it; `undefined`: it is good. */
const CONFIGS: readonly (readonly [string, RegExp | undefined])[] = [
  ["", undefined],
  ["[NODE]\nID = john-snow\n; a comment\n[rpi]\nled = 17\n", undefined],
  ["[node]\nname = 철수의 라즈베리 파이 「부엌」 서버실 왼쪽 선반 둘째 칸\n", undefined],
  ["[node]\nheartbeat = 500ms\n", undefined],
  ["[node]\nheartbeat = 1m\n", undefined],
  ["[mqtt]\nurl = mqtts://[fd00::1]:8883, mqtt://hub.lan\n", undefined],
  ["[MQTT]\nHOST = 192.168.1.2\nPORT = 1883\nUSERNAME = a\nPASSWORD = b\n", undefined],
  ["[node]\nid = John\n", /\[node\] id: expected .*, found "John"/],
  ["[node]\nid = hub\n", /\[node\] id: expected .*, found "hub"/],
  ["[node]\nid = 2h\n", /\[node\] id: expected .*, found "2h"/],
  [`[node]\nid = ${"a".repeat(64)}\n`, /\[node\] id/],
  [`[node]\nname = ${"철".repeat(65)}\n`, /\[node\] name: expected at most 64 characters/],
  ["[node]\nheartbeat = 2h\n", /\[node\] heartbeat: expected 250ms to 60s, found "2h"/],
  ["[node]\nheartbeat = 08s\n", /\[node\] heartbeat/],
  ["[mqtt]\nurl = http://hub.lan\n", /\[mqtt\] url: .*, found "http:\/\/hub\.lan"/],
  ["[mqtt]\ntopic_root = a/#\n", /\[mqtt\] topic_root/],
  ["[mqtt]\nusername = a\npassword_file = /nonexistent\n", /\[mqtt\] password_file: .*nonexistent/],
  ["[mqtt]\nusername = a\npassword = top secret\n", /\[mqtt\] username and password: .*blank/],
];

const STORIES = SHELLS.map((shell) =>
  [`in ${shell}`, async () => {
    using folder = new TemporaryFolder();
    const [command = "", ...first] = commandOf({ program: "agent", runtime: shell });
    const run = (...args: readonly string[]) => runCommand(command, { args: [...first, ...args] });
    for (const [index, [text, expected]] of CONFIGS.entries()) {
      const config = folder.write(`config-${index}.ini`, text);
      const { code, stderr } = await run("--config", config, "--check-config");
      assert.deepEqual([code, stderr === ""], expected ? [78, false] : [0, true], text + stderr);
      if (expected) assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /secret/);
    }
    const missing = await run("--config", folder.file("missing.ini"));
    assert.deepEqual([missing.code, /missing\.ini/.test(missing.stderr)], [78, true]);
    assert.deepEqual(await run("--version"), {
      code: 0,
      stdout: `agent ${VERSION}-sh\n`,
      stderr: "",
    });
    const usage = await run("--nonsense");
    assert.deepEqual([usage.code, /agent\.sh \[--config/.test(usage.stderr)], [2, true]);
  }] as const
);

testTogether("it refuses a bad configuration, and says what is wrong", Object.fromEntries(STORIES));
