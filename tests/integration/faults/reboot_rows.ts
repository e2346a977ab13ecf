/** Starts and ends of a Pi, meant and not meant. */

import {
  allDown,
  allUpAgain,
  down,
  notBackFromReboot,
  notBackFromRestart,
  unexpectedReboot,
  upAgain,
} from "../../support/alerting/expected_texts.ts";
import type { FaultRow } from "../../support/faults/fault_row.ts";
import type { Stage } from "../../support/faults/fault_stage.ts";
import { bindMounts } from "../../support/program/bind_mount.ts";
import type { TestProgram } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { losePower } from "../../support/nodes/failing_pi.ts";
import { pass } from "../../support/time/pass.ts";

const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** Of a Pi's board: what tells a reboot from a second machine at once. */
const SERIAL = "10000000a1b2c3d4";
const SYSTEMCTL = "/usr/bin/systemctl";
/** How often an agent is killed and started. */
const RESTARTS = 20;
/** How long it is away. */
const AWAY_MS = 1000;

const FOUR = ["Arya", "Bran", "Jon", "Sansa"];

const REBOOT_WITHIN = { cluster: { reboot_within: "5s" } };

/** A Pi whose systemd has this job, so that its agent knows why it must stop. */
async function stoppingPi(stage: Stage, job: string): Promise<TestProgram> {
  const folder = stage.use(new TemporaryFolder());
  const systemctl = folder.write("systemctl", `#!/bin/sh\necho "  812 ${job}"\n`);
  Deno.chmodSync(systemctl, 0o755);
  return await stage.agent("John Snow", { through: bindMounts({ [SYSTEMCTL]: systemctl }) });
}

export const REBOOT_ROWS: readonly FaultRow[] = [
  {
    fault: `an agent is killed and back after 1 s, ${RESTARTS} times`,
    lastsMs: RESTARTS * 2000 + 15_000,
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      for (let count = 0; count < RESTARTS; count++) {
        await agent.kill();
        await pass(AWAY_MS);
        await agent.start();
        await stage.untilAlive("john-snow");
      }
    },
  },
  {
    fault: "four Pis lose power at once for 20 s",
    inEveryRun: true,
    lastsMs: 50_000,
    // Their last heartbeats are up to a second apart, and a busy machine takes its time to cut them off.
    hub: { alerts: { group: "4s" } },
    told: [allDown(...FOUR), allUpAgain([19, 30], ...FOUR)],
    // They stand in the order of their last heartbeats.
    deaths: undefined,
    async play(stage) {
      const machine = await stage.machine();
      for (const name of FOUR) await stage.agent(name, { machine });
      await machine.cut();
      await pass(20_000);
      await machine.mend();
    },
  },
  {
    fault: "a Pi loses power, and has booted again after 8 s, within the hold",
    inEveryRun: true,
    hub: { alerts: { hold: "15s" } },
    lastsMs: 40_000,
    told: [unexpectedReboot("John Snow", [7, 14])],
    deaths: ["John Snow"],
    async play(stage) {
      const machine = await stage.machine();
      const agent = await stage.agent("John Snow", { machine });
      await losePower(machine, agent);
      await pass(8000);
      await machine.mend();
      const folder = stage.use(new TemporaryFolder());
      const bootId = folder.write("boot_id", `${crypto.randomUUID()}\n`);
      await stage.agent("John Snow", { machine, through: bindMounts({ [BOOT_ID]: bootId }) });
    },
  },
  {
    fault: "a Pi loses power, and has booted again before it is missed",
    lastsMs: 20_000,
    told: [unexpectedReboot("John Snow", [0, 4])],
    deaths: [],
    async play(stage) {
      const first = await stage.pretend("John Snow", { serial: SERIAL, boot_id: "first" });
      await first[Symbol.asyncDispose]();
      await stage.pretend("John Snow", { serial: SERIAL, boot_id: "second" });
    },
  },
  {
    fault: "a Pi is rebooted by its owner, and is back in time",
    inEveryRun: true,
    hub: REBOOT_WITHIN,
    lastsMs: 25_000,
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stoppingPi(stage, "reboot.target start waiting");
      await agent.stop();
      await pass(2000);
      await agent.start();
      await stage.untilAlive("john-snow");
      await pass(5000);
    },
  },
  {
    fault: "a Pi is rebooted by its owner, and comes back too late",
    hub: REBOOT_WITHIN,
    lastsMs: 40_000,
    told: [notBackFromReboot("John Snow"), upAgain("John Snow", [5, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stoppingPi(stage, "reboot.target start waiting");
      await agent.stop();
      await stage.untilTold(notBackFromReboot("John Snow"));
      await agent.start();
    },
  },
  {
    fault: "a Pi is switched off by its owner",
    hub: REBOOT_WITHIN,
    lastsMs: 25_000,
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stoppingPi(stage, "poweroff.target start waiting");
      await agent.stop();
      await pass(10_000);
    },
  },
  {
    fault: "an agent is stopped by its owner",
    hub: REBOOT_WITHIN,
    lastsMs: 25_000,
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stoppingPi(stage, "agent.service stop running");
      await agent.stop();
      await pass(10_000);
    },
  },
  {
    fault: "an agent is restarted by its owner, and is back in time",
    hub: REBOOT_WITHIN,
    lastsMs: 25_000,
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stoppingPi(stage, "agent.service restart running");
      await agent.stop();
      await pass(2000);
      await agent.start();
      await stage.untilAlive("john-snow");
      await pass(5000);
    },
  },
  {
    fault: "an agent is restarted by its owner, and cannot start again",
    inEveryRun: true,
    hub: REBOOT_WITHIN,
    lastsMs: 40_000,
    told: [notBackFromRestart("John Snow"), upAgain("John Snow", [5, 40])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stoppingPi(stage, "agent.service restart running");
      await agent.stop();
      await stage.untilTold(notBackFromRestart("John Snow"));
      await agent.start();
    },
  },
  {
    fault: "an agent stops and cannot say why, and is not seen again",
    hub: REBOOT_WITHIN,
    lastsMs: 25_000,
    // It may be gone on purpose: page and LED show that it is down, and nobody is woken.
    told: [],
    deaths: [],
    async play(stage) {
      const agent = await stoppingPi(stage, "cron.service restart running");
      await agent.stop();
      await pass(10_000);
    },
  },
  {
    fault: "a Pi dies and comes back",
    inEveryRun: true,
    lastsMs: 30_000,
    told: [down("John Snow"), upAgain("John Snow", [3, 30])],
    deaths: ["John Snow"],
    async play(stage) {
      const agent = await stage.agent("John Snow");
      await agent.kill();
      await stage.untilTold(down("John Snow"));
      await agent.start();
    },
  },
];
