/** `agent doctor`: checks everything that this Pi's heartbeats depend on, and gives advice. */

import type { Finding } from "../../core/doctor/finding.ts";
import { nodeFindings } from "../../core/doctor/node_checks.ts";
import { tlsFindings } from "../../core/doctor/tls_check.ts";
import { VERSION } from "../../core/version.ts";
import { readConfigEntries } from "../../io/config/config_file.ts";
import { stateFolder } from "../../io/connection/known_address.ts";
import { asService, type StartAs } from "../../io/doctor/as_service.ts";
import { checkAuthorities } from "../../io/doctor/certificate_checks.ts";
import { checkClock } from "../../io/doctor/clock_checks.ts";
import { readerWith } from "../../io/doctor/identity.ts";
import { lookAtBrokers } from "../../io/doctor/look_at_brokers.ts";
import { checkDisk, checkUnit, checkWriting } from "../../io/doctor/machine.ts";
import { checkConfig, printFindings } from "../../io/doctor/report.ts";
import { checkSecrets } from "../../io/doctor/secret_checks.ts";
import { AGENT } from "../../io/doctor/service.ts";
import type { ExitCode, Run } from "../../io/program/program.ts";
import { systemClock } from "../../io/time/clock.ts";
import { readMachineFiles } from "../../vitals/machine_files.ts";
import { checkVitals } from "./vitals_check.ts";

/** `StateDirectory=` of the unit. */
const STATE_FOLDER = "/var/lib/rpi-cluster-agent";
const [STATUS, MOUNTS] = ["/proc/self/status", "/proc/self/mountinfo"] as const;

/** Becomes, by the shell that the agent may run, a user with all of his groups. */
const startAs: StartAs = ({ numbers: { user, group } }, command) =>
  new Deno.Command("/bin/sh", {
    args: [
      "-c",
      'user=$1 group=$2; shift 2; exec setpriv --reuid="$user" --regid="$group" --init-groups "$@"',
      "sh",
      ...[`${user}`, `${group}`, ...command],
    ],
  });

/** Returns 1 if anything is wrong. It does not disturb a running agent. */
export async function doctor({ config, configPath, options, stop }: Run): Promise<ExitCode> {
  const files = await readMachineFiles([STATUS, MOUNTS], "/", stop);
  const args = ["doctor", "--config", configPath, ...options.json === true ? ["--json"] : []];
  const as = await asService({
    service: AGENT,
    reader: readerWith(files),
    start: startAs,
    args,
  });
  if (as.kind === "done") return as.code === 0 ? 0 : 1;
  const { broker, report, others } = await lookAtBrokers(config, { stop, triesForbidden: true });
  stop.throwIfAborted();
  const nowMs = systemClock.wallMs(systemClock.nowMs());
  const latestMs = report.kind === "failed" ? 0 : report.look.latestMs;
  const hasOwnId = readConfigEntries(configPath, { explicit: false })
    .some(({ section, key }) => section.toLowerCase() === "node" && key.toLowerCase() === "id");
  const findings: readonly Finding[] = [
    checkConfig(configPath, AGENT),
    as.finding,
    ...(as.identity?.isRoot ? [] : checkSecrets(configPath, "agent")),
    ...await checkUnit("agent"),
    ...nodeFindings({
      config: { ...config, mqtt: broker },
      hostname: Deno.hostname(),
      hasOwnId,
      version: VERSION,
    }, report),
    ...others,
    ...tlsFindings(config.mqtt),
    ...checkAuthorities(config.mqtt, nowMs),
    await checkClock(nowMs, { latestMs, whose: "the hub" }),
    ...await checkDisk({ path: "/", mounts: files.get(MOUNTS), isNeeded: false }),
    ...(as.isService ? [checkState()] : []),
    await checkVitals(stop),
  ];
  return printFindings(findings, options);
}

function checkState(): Finding {
  const folder = stateFolder() ?? STATE_FOLDER;
  return checkWriting("state", folder, "sudo systemctl restart agent makes the folder anew");
}
