/** `hub doctor`: checks everything that messages about dead Pis depend on, and gives advice. */

import type { StatusView } from "../../core/api/status_view.ts";
import type { Config } from "../../core/config/settings.ts";
import { brokerFinding } from "../../core/doctor/cluster_checks.ts";
import { type Finding, fine, warning } from "../../core/doctor/finding.ts";
import {
  hubNameFindings,
  messagesFinding,
  runFinding,
  seenBrokerFindings,
  watchdogFinding,
} from "../../core/doctor/hub_checks.ts";
import { tlsFindings } from "../../core/doctor/tls_check.ts";
import { type OtherVersion, versionFinding } from "../../core/doctor/version_check.ts";
import { HUB_USER } from "../../core/protocol/access.ts";
import { VERSION } from "../../core/version.ts";
import { asService, type StartAs } from "../../io/doctor/as_service.ts";
import { checkAuthorities } from "../../io/doctor/certificate_checks.ts";
import { checkClock } from "../../io/doctor/clock_checks.ts";
import { readerWith } from "../../io/doctor/identity.ts";
import { lookAtBroker } from "../../io/doctor/look_at_broker.ts";
import { lookAtBrokers } from "../../io/doctor/look_at_brokers.ts";
import { checkUnit } from "../../io/doctor/machine.ts";
import { badConfigReport, checkConfig, printFindings } from "../../io/doctor/report.ts";
import { checkOpenSecrets } from "../../io/doctor/secret_checks.ts";
import { HUB } from "../../io/doctor/service.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { systemClock } from "../../io/time/clock.ts";
import { readMachineFiles } from "../../vitals/machine_files.ts";
import { LocalApi } from "../commands/local_api.ts";
import { hostName } from "../credentials/reachable_address.ts";
import { RECEIVERS } from "../notify/receivers.ts";
import { checkChannels } from "./channel_checks.ts";
import { checkState, lastWrittenMs } from "./state_checks.ts";

const STATUS = "/proc/self/status";
/** Avahi's folder while it runs. systemd-resolved can answer for `.local`, too, but seldom does. */
const MDNS_FOLDER = "/run/avahi-daemon";

export const doctor: Subcommand<Main> = {
  usage: "doctor",
  description: "Looks at all that messages about dead Pis depend on, and says what to do.",
  options: [{ flags: "--json", description: "for a program: one JSON object" }],
  reportBadConfig: badConfigReport(HUB),
  /** Returns 1 if anything is wrong. It sends no message, and does not disturb a running hub. */
  async main({ config, configPath, options, stop }) {
    const reader = readerWith(await readMachineFiles([STATUS], "/", stop));
    const args = ["doctor", "--config", configPath, ...options.json === true ? ["--json"] : []];
    const as = await asService({ service: HUB, reader, start: startAs, args });
    if (as.kind === "done") return as.code === 0 ? 0 : 1;
    const running = await askStatus(config);
    const status = typeof running === "string" ? undefined : running;
    const nowMs = systemClock.wallMs(systemClock.nowMs());
    const past = { latestMs: lastWrittenMs(config), whose: "what the hub has stored" };
    const findings: readonly Finding[] = [
      checkConfig(configPath, HUB, RECEIVERS),
      as.finding,
      ...checkOpenSecrets(configPath),
      ...await checkUnit("hub"),
      runFinding(running),
      ...(status === undefined ? [] : seenBrokerFindings(status)),
      ...hubNameFindings({
        hostname: hostName(),
        hasMdns: statIfAny(MDNS_FOLDER) !== undefined,
        duplicates: duplicatesOf(status),
      }),
      ...await checkBroker(config, status, stop),
      ...(config.hub.broker === "none" ? tlsFindings(config.mqtt) : []),
      ...checkAuthorities(config.mqtt, nowMs),
      await checkClock(nowMs, past),
      ...await checkState({
        config,
        isService: as.isService,
        nowMs,
        backupError: status?.backup?.error ?? undefined,
      }),
      ...status === undefined ? [] : [
        messagesFinding(status.notification.state),
        watchdogFinding(status.watchdog),
      ],
      ...await checkChannels(config, stop),
      versionFinding(VERSION, await otherVersions(config, status)),
    ];
    stop.throwIfAborted();
    return printFindings(findings, options);
  },
};

/** The hub's user is in no other group than its own. */
const startAs: StartAs = ({ numbers: { user, group } }, [command, ...args]) =>
  new Deno.Command(command, { args, uid: user, gid: group });

/** The status of the running hub, or why there is none. */
async function askStatus(config: Config): Promise<StatusView | string> {
  try {
    const answer = await new LocalApi(config).ask("/api/v1/status", undefined);
    return isStatus(answer) ? answer : "the running hub is of another version";
  } catch (error) {
    return reasonOf(error);
  }
}

function isStatus(answer: unknown): answer is StatusView {
  return typeof answer === "object" && answer !== null && "nodes" in answer &&
    Array.isArray(answer.nodes) && "notification" in answer && "counts" in answer &&
    "blind" in answer;
}

function duplicatesOf(status: StatusView | undefined): readonly string[] {
  return (status?.nodes ?? []).filter(({ warning_codes }) =>
    warning_codes.some(({ kind }) => kind === "duplicate_id")
  ).map(({ id }) => id);
}

/** The hub's own broker is proved by the running hub. */
async function checkBroker(
  { hub, mqtt }: Config,
  status: StatusView | undefined,
  stop: AbortSignal,
): Promise<readonly Finding[]> {
  if (hub.broker === "embedded") {
    const { hostname, port } = hub.brokerListen;
    const found = `the hub's own, at ${hostname}:${port}`;
    return status?.blind === null
      ? [fine("broker", `${found}: the hub hears itself through it`)]
      : [];
  }
  const node = { id: HUB_USER };
  const { others, ...main } = await lookAtBrokers({ mqtt, node }, { stop });
  const broker = brokerFinding({ mqtt: main.broker, node }, main.report);
  if (mqtt.username === undefined) return [broker, ...others];
  const { username: _, password: __, ...anonymous } = main.broker;
  const report = await lookAtBroker({ mqtt: anonymous, node: { id: HUB_USER } }, { stop });
  if (report.kind === "failed") {
    return [broker, ...others, fine("rights", "nobody gets in without a password")];
  }
  return [
    broker,
    ...others,
    warning(
      "rights",
      "the broker lets in who has no password, and everybody can speak for every Pi",
      "allow_anonymous false, and rpi-cluster-alert.acl, for Mosquitto (docs/install.md)",
    ),
  ];
}

async function otherVersions(
  config: Config,
  status: StatusView | undefined,
): Promise<readonly OtherVersion[]> {
  if (status === undefined) return [];
  const hub = { name: "the running hub", version: status.version };
  try {
    return [hub, ...versionsIn(await new LocalApi(config).ask("/api/v1/nodes", undefined))];
  } catch {
    return [hub];
  }
}

function versionsIn(answer: unknown): readonly OtherVersion[] {
  if (typeof answer !== "object" || answer === null || !("nodes" in answer)) return [];
  const { nodes } = answer;
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap(({ id, liveness, facts }) =>
    liveness === "alive" && typeof facts?.version === "string"
      ? [{ name: String(id), version: facts.version }]
      : []
  );
}
