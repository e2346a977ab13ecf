/** Checks the hub's state folder: who may read it, whether it may be written, how it is backed up. */

import { basename } from "node:path";
import { backupFinding } from "../../core/doctor/hub_checks.ts";
import { type Finding, fine, warning, wrong } from "../../core/doctor/finding.ts";
import type { Config } from "../../core/config/settings.ts";
import { statIfAny } from "../../io/files/atomic_file.ts";
import { accessAdvice } from "../../io/files/file_access.ts";
import { checkCertificate } from "../../io/doctor/certificate_checks.ts";
import { checkDisk, checkWriting } from "../../io/doctor/machine.ts";
import { reasonOf } from "../../io/program/user_error.ts";
import { backupsFolder, backupsIn } from "../backup/backups_folder.ts";
import { smallStateFiles } from "../backup/state_files.ts";
import { passwordFile } from "../credentials/enrol.ts";
import { databaseFile } from "../host/state_folder.ts";

/** Bits that let the group, or everybody, read or write. */
const BY_GROUP = 0o070;
const BY_OTHERS = 0o007;
const RENEWAL = "the running hub renews it by itself: sudo systemctl restart hub";
const CERTIFICATE = /\.(?:crt|pem)$/;

export interface StateQuestion {
  readonly config: Config;
  /** This program runs as the hub's user, so that it can try to write. */
  readonly isService: boolean;
  /** Wall-clock time. */
  readonly nowMs: number;
  /** Why the running hub could not make its last backup. */
  readonly backupError: string | undefined;
}

export async function checkState(question: StateQuestion): Promise<readonly Finding[]> {
  const { config, isService, nowMs } = question;
  const { stateDir } = config.hub;
  if (!isThere(stateDir)) {
    const found = `${stateDir}: there is no such folder, or this user may not look into it`;
    return [wrong("state", found, "sudo rpi-cluster-hub doctor; [hub] state names the folder")];
  }
  const write = `sudo chown -R rpi-cluster-alert: ${stateDir}, if the disk is well`;
  return [
    ...isService ? [checkWriting("state", stateDir, write)] : [],
    await checkPermissions(config),
    ...await checkDisk({ path: stateDir, isNeeded: true }),
    ...await checkCertificates(config, nowMs),
    await checkBackups(question),
  ];
}

/** When the hub last wrote its history, in wall-clock ms; 0 if it never did. */
export function lastWrittenMs(config: Config): number {
  const file = databaseFile(config);
  return Math.max(...[file, `${file}-wal`].map((path) => {
    try {
      return statIfAny(path)?.mtime?.getTime() ?? 0;
    } catch {
      return 0;
    }
  }));
}

function isThere(folder: string): boolean {
  try {
    return statIfAny(folder)?.isDirectory ?? false;
  } catch {
    return false;
  }
}

/** Nobody else may read a secret; the broker's password file is also Mosquitto's, by its group. */
async function checkPermissions(config: Config): Promise<Finding> {
  const database = databaseFile(config);
  try {
    const files = await smallStateFiles(config);
    const advice = accessAdvice([database, ...files.map(({ path }) => path)]);
    if (advice !== undefined) return wrong("permissions", advice, "do what it says after fix:");
    const shared = basename(passwordFile(config));
    const open = files.filter(({ name, mode }) =>
      (mode & (name === shared ? BY_OTHERS : BY_GROUP | BY_OTHERS)) !== 0
    );
    const [first] = open;
    if (first === undefined) return fine("permissions", `${files.length} files, for the hub alone`);
    const names = open.map(({ name }) => name).join(", ");
    const fix = open.map(({ path }) => path).join(" ");
    return warning("permissions", `others may read ${names}`, `sudo chmod go= ${fix}`);
  } catch (error) {
    return wrong("permissions", reasonOf(error), "sudo rpi-cluster-hub doctor");
  }
}

/** The hub's own authority and certificate, where it has made them. */
async function checkCertificates(config: Config, nowMs: number): Promise<readonly Finding[]> {
  const files = await smallStateFiles(config).catch(() => []);
  const own = files.filter(({ name }) => name.startsWith("tls/") && CERTIFICATE.test(name))
    .map(({ name, path }) =>
      checkCertificate(Deno.readTextFileSync(path), { what: name, renewal: RENEWAL, nowMs })
    );
  const given = config.hub.certificate?.certificateFile;
  return given === undefined ? own : [...own, checkGiven(given, nowMs)];
}

/** A certificate that somebody else renews. */
function checkGiven(path: string, nowMs: number): Finding {
  const renewal = "look at who renews it, such as an ACME client";
  try {
    return checkCertificate(Deno.readTextFileSync(path), { what: path, renewal, nowMs });
  } catch (error) {
    const advice = `sudo chown rpi-cluster-alert ${path}, or mend [hub] certificate_file`;
    return wrong("tls", `${path}: ${reasonOf(error)}`, advice);
  }
}

async function checkBackups({ config, nowMs, backupError }: StateQuestion): Promise<Finding> {
  const folder = backupsFolder(config);
  const facts = { folder, nowMs, error: backupError };
  if (folder === undefined) return backupFinding({ ...facts, newestMs: undefined, count: 0 });
  try {
    const backups = await backupsIn(folder);
    const newestMs = backups.at(-1)?.atMs;
    return backupFinding({ ...facts, newestMs, count: backups.length });
  } catch (error) {
    return backupFinding({ ...facts, newestMs: undefined, count: 0, error: reasonOf(error) });
  }
}
