/** `tracker doctor`: checks everything that the alarm of this Pi depends on, and gives advice. */

import type { Config } from "../../core/config/settings.ts";
import {
  type Finding,
  findingLines,
  findingsJson,
  fine,
  isWell,
  warning,
  wrong,
} from "../../core/doctor/finding.ts";
import { SpecialFiles } from "../../ffi/special_file.ts";
import { ConfigError, loadConfig, readConfigEntries } from "../../io/config/config_file.ts";
import { redacted } from "../../io/log/redaction.ts";
import type { Options } from "../../io/program/command_line.ts";
import type { ExitCode, Run } from "../../io/program/program.ts";
import { systemClock } from "../../io/time/clock.ts";
import { lookAtBroker } from "./broker_report.ts";
import { checkClock, checkQuietHours } from "./clock_checks.ts";
import { checkCluster } from "./cluster_checks.ts";
import { checkDevices } from "./device_checks.ts";
import { checkGpio } from "./gpio_checks.ts";
import { readIdentity } from "./identity.ts";
import { checkSecrets } from "./secret_checks.ts";
import { actAsService, findServiceUser } from "./service_user.ts";

/** The group that may read the configuration of a node. */
const CONFIG_GROUP = "rpi-cluster-node";

/** Returns 1 if anything is wrong. It does not disturb a running tracker. */
export async function doctor({ config, configPath, options, stop }: Run): Promise<ExitCode> {
  const user = changeUser();
  const findings = [
    checkConfig(configPath),
    ...checkOpenSecrets(configPath),
    ...user,
    ...await checkMachine(config, stop),
  ];
  const report = await lookAtBroker(config, stop);
  stop.throwIfAborted();
  findings.push(...checkCluster(config, report));
  const wallMs = systemClock.wallMs(systemClock.nowMs());
  findings.push(checkClock(wallMs, report.kind === "failed" ? 0 : report.look.latestMs));
  findings.push(checkQuietHours(config.rpi, wallMs));
  print(findings, options);
  return isWell(findings) ? 0 : 1;
}

/**
 * Reports a bad configuration; nothing else can be checked without one. The program then ends with
 * 78.
 */
export function reportBadConfig(issues: readonly string[], options: Options): void {
  print(issues.map((issue) => wrong("config", issue, "mend it, and ask again")), options);
}

function print(findings: readonly Finding[], options: Options): void {
  const shown = findings.map(withoutSecrets);
  const lines = options.json === true ? [findingsJson(shown)] : findingLines(shown);
  for (const line of lines) console.log(line);
}

/** As root it checks with the rights of the service's user. For other users there is no finding. */
function changeUser(): readonly Finding[] {
  using files = new SpecialFiles();
  return readIdentity(files)?.isRoot ? [actAsService(findServiceUser(files))] : [];
}

/** This user was still root when the configuration was read. */
function checkConfig(path: string): Finding {
  const explicit = false;
  try {
    loadConfig({ path, explicit });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [issue = ""] = error.message.split("\n");
    const owner = `sudo chgrp ${CONFIG_GROUP} FILE && sudo chmod g+r FILE`;
    return wrong("config", `${issue}, tried as the service's user`, `let it read: ${owner}`);
  }
  const keys = readConfigEntries(path, { explicit }).filter(({ key }) => key !== "").length;
  if (keys > 0) return fine("config", `${path}: good, ${keys} ${keys === 1 ? "key" : "keys"}`);
  const advice = '"rpi-cluster-hub enrol ID" on the hub\'s Pi prints one';
  return warning("config", `${path}: no such file, or an empty one; defaults hold`, advice);
}

/** Root can read everything, so the check makes no sense for root. */
function checkOpenSecrets(configPath: string): readonly Finding[] {
  using files = new SpecialFiles();
  return readIdentity(files)?.isRoot ? [] : checkSecrets(configPath);
}

async function checkMachine({ rpi }: Config, stop: AbortSignal): Promise<readonly Finding[]> {
  using files = new SpecialFiles();
  const gpio = await checkGpio(rpi, {
    identity: readIdentity(files),
    service: findServiceUser(files).name,
    stop,
  });
  const findings = [...gpio, ...checkDevices(rpi, files)];
  if (rpi.led.kind !== "none" || rpi.buzzer.kind !== "none" || rpi.lamp !== undefined) {
    return findings;
  }
  const advice = "set [rpi] led, buzzer or lamp";
  return [...findings, warning("outputs", "none: the alarm goes to terminal or log", advice)];
}

/** A broker may repeat secrets that it received. */
function withoutSecrets(finding: Finding): Finding {
  return { ...finding, found: redacted(finding.found) };
}
