/** systemd understands the units as intended, and they restrict the programs as far as possible. */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { statIfAny } from "../../../io/files/atomic_file.ts";
import { runCommand } from "../../support/program/command.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const PROJECT = resolve(import.meta.dirname ?? ".", "..", "..", "..");
const UNITS = ["agent", "tracker", "hub"];

/** The folders of systemd's own units, which ours refer to. */
const SYSTEM_UNITS = ["/usr/lib/systemd/system", "/lib/systemd/system"];

/** The scale of `systemd-analyze security`: 0 is a sealed service, 10 an unrestricted one. */
const EXPOSURE_MAX = 2;

/** A Pi's file system with the installed units and a program for each. */
class InstalledUnits implements Disposable {
  readonly #folder = new TemporaryFolder();

  constructor() {
    const units = this.#folder.file("etc/systemd/system");
    const programs = this.#folder.file("usr/bin");
    for (const folder of [units, programs, this.#folder.file("usr/lib/systemd")]) {
      Deno.mkdirSync(folder, { recursive: true });
    }
    const system = SYSTEM_UNITS.find((folder) => statIfAny(folder)?.isDirectory);
    assert.ok(system, "systemd's own units are not installed");
    const copy = new Deno.Command("cp", {
      args: ["-a", system, this.#folder.file("usr/lib/systemd/system")],
    });
    assert.ok(copy.outputSync().success, `cannot copy ${system}`);
    for (const name of UNITS) {
      Deno.copyFileSync(
        join(PROJECT, "systemd", `${name}.service`),
        join(units, `${name}.service`),
      );
      Deno.writeTextFileSync(join(programs, `rpi-cluster-${name}`), "#!/bin/sh\n", { mode: 0o755 });
    }
  }

  change(name: string, change: (text: string) => string): void {
    const file = this.#folder.file(`etc/systemd/system/${name}.service`);
    Deno.writeTextFileSync(file, change(Deno.readTextFileSync(file)));
  }

  analyze(verb: string, name: string, ...options: readonly string[]) {
    const args = [verb, ...options, `--root=${this.#folder.path}`, `${name}.service`];
    return runCommand("systemd-analyze", { args });
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

for (const name of UNITS) {
  Deno.test(`systemd finds nothing to remark on ${name}.service`, async () => {
    using units = new InstalledUnits();
    const { code, stdout, stderr } = await units.analyze("verify", name, "--man=no");
    assert.equal(stdout + stderr, "");
    assert.equal(code, 0);
  });

  Deno.test(`${name}.service leaves its program little to do harm with`, async () => {
    using units = new InstalledUnits();
    const { stdout } = await units.analyze("security", name, "--offline=true");
    const exposure = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
    assert.ok(exposure !== undefined && Number(exposure) <= EXPOSURE_MAX, stdout);
  });

  Deno.test(`${name}.service is restarted at once and for ever, but not with a bad configuration`, () => {
    const unit = Deno.readTextFileSync(join(PROJECT, "systemd", `${name}.service`));
    const settings = unit.split("\n").filter((line) => /^\w+=/.test(line));
    for (
      const setting of [
        `ExecStart=/usr/bin/rpi-cluster-${name}`,
        "Restart=always",
        "RestartSec=1",
        "StartLimitIntervalSec=0",
        "RestartPreventExitStatus=78",
        "Type=notify",
        "NotifyAccess=main",
        "WatchdogSec=15",
      ]
    ) assert.ok(settings.includes(setting), setting);
    assert.ok(
      settings.some((setting) => setting.startsWith("RuntimeDirectory=")),
      "for its socket",
    );
    assert.ok(!settings.some((setting) => setting.startsWith("LimitAS")), "V8 reserves much");
    assert.doesNotMatch(settings.join("\n"), /network-online/, "nothing waits for DHCP");
  });
}

for (const name of ["agent", "hub"]) {
  Deno.test(`${name}.service does not end the systemctl by which its program asks why it ends`, () => {
    const unit = Deno.readTextFileSync(join(PROJECT, "systemd", `${name}.service`));
    assert.ok(unit.split("\n").includes("KillMode=mixed"));
  });
}

Deno.test("the notes of tracker.service outlive a run that is killed", () => {
  const lines = Deno.readTextFileSync(join(PROJECT, "systemd", "tracker.service")).split("\n");
  for (
    const setting of [
      "RuntimeDirectory=rpi-cluster-tracker",
      "RuntimeDirectoryPreserve=restart",
    ]
  ) assert.ok(lines.includes(setting), setting);
});

Deno.test("systemd would remark on a key that is misspelt and on a program that is missing", async () => {
  using units = new InstalledUnits();
  units.change("agent", (text) => text.replace("NoNewPrivileges", "NoNewPriviliges"));
  units.change(
    "hub",
    (text) => text.replace(/^ExecStart=.*$/m, "ExecStart=/usr/bin/rpi-cluster-hup"),
  );
  assert.match((await units.analyze("verify", "agent", "--man=no")).stderr, /NoNewPriviliges/);
  assert.match((await units.analyze("verify", "hub", "--man=no")).stderr, /hup is not executable/);
});
