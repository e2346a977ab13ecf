/** `tracker doctor`: checks everything that the alarm of this Pi depends on, and gives advice. */

import type { Config } from "../../core/config/settings.ts";
import { checkCluster } from "../../core/doctor/cluster_checks.ts";
import { type Finding, warning } from "../../core/doctor/finding.ts";
import { SpecialFiles } from "../../ffi/special_file.ts";
import { checkClock } from "../../io/doctor/clock_checks.ts";
import { readIdentity } from "../../io/doctor/identity.ts";
import { lookAtBrokers } from "../../io/doctor/look_at_brokers.ts";
import { checkConfig, printFindings } from "../../io/doctor/report.ts";
import { checkSecrets } from "../../io/doctor/secret_checks.ts";
import { TRACKER } from "../../io/doctor/service.ts";
import { findServiceUser } from "../../io/doctor/service_user.ts";
import type { ExitCode, Run } from "../../io/program/program.ts";
import { systemClock } from "../../io/time/clock.ts";
import { actAsService } from "./change_user.ts";
import { checkDevices } from "./device_checks.ts";
import { checkGpio } from "./gpio_checks.ts";
import { checkQuietHours } from "./quiet_hours.ts";

/** Returns 1 if anything is wrong. It does not disturb a running tracker. */
export async function doctor({ config, configPath, options, stop }: Run): Promise<ExitCode> {
  const user = changeUser();
  const findings = [
    checkConfig(configPath, TRACKER),
    ...checkReadable(configPath),
    ...user,
    ...await checkMachine(config, stop),
  ];
  const { broker, report, others } = await lookAtBrokers(config, { stop });
  stop.throwIfAborted();
  findings.push(...checkCluster({ ...config, mqtt: broker }, report), ...others);
  const wallMs = systemClock.wallMs(systemClock.nowMs());
  const latestMs = report.kind === "failed" ? 0 : report.look.latestMs;
  findings.push(await checkClock(wallMs, { latestMs, whose: "the hub" }));
  findings.push(checkQuietHours(config.rpi, wallMs));
  return printFindings(findings, options);
}

/** As root it checks with the rights of the service's user. For other users there is no finding. */
function changeUser(): readonly Finding[] {
  using files = new SpecialFiles();
  return readIdentity(files)?.isRoot ? [actAsService(findServiceUser(files, TRACKER))] : [];
}

/** Root can read everything, so the check makes no sense for root. */
function checkReadable(configPath: string): readonly Finding[] {
  using files = new SpecialFiles();
  return readIdentity(files)?.isRoot ? [] : checkSecrets(configPath, "tracker");
}

async function checkMachine({ rpi }: Config, stop: AbortSignal): Promise<readonly Finding[]> {
  using files = new SpecialFiles();
  const gpio = await checkGpio(rpi, {
    identity: readIdentity(files),
    service: findServiceUser(files, TRACKER).name,
    stop,
  });
  const findings = [...gpio, ...checkDevices(rpi, files)];
  if (rpi.led.kind !== "none" || rpi.buzzer.kind !== "none" || rpi.lamp !== undefined) {
    return findings;
  }
  const advice = "set [rpi] led, buzzer or lamp";
  return [...findings, warning("outputs", "none: the alarm goes to terminal or log", advice)];
}
