/** What doctors ask of the machine: the unit, the room on a disk, whether a folder may be written. */

import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { diskFinding } from "../../core/doctor/disk_check.ts";
import { type Finding, fine, wrong } from "../../core/doctor/finding.ts";
import { UNIT_PROPERTIES, unitFinding } from "../../core/doctor/unit_check.ts";
import { reasonOf } from "../program/user_error.ts";
import { programAnswer } from "./program_answer.ts";
import { isReadOnly, isShutOff, mountFrom, wantsWriting } from "../storage/mount_line.ts";

const SYSTEMCTL = "/usr/bin/systemctl";
/** systemd may be busy, as at a boot. */
const ANSWER_MS = 10_000;

/** Nothing where there is no systemd. Needs `--allow-run=/usr/bin/systemctl`. */
export async function checkUnit(program: string): Promise<readonly Finding[]> {
  const show = ["show", `${program}.service`, `--property=${UNIT_PROPERTIES.join(",")}`];
  const shown = await programAnswer(SYSTEMCTL, show, ANSWER_MS);
  if (shown === undefined) return [];
  const finding = unitFinding(program, shown);
  return finding === undefined ? [] : [finding];
}

export interface DiskQuestion {
  readonly path: string;
  /** The text of `/proc/self/mountinfo`, to know whether the root is read-only. */
  readonly mounts?: string | undefined;
  readonly isNeeded: boolean;
}

/** Nothing for a path that cannot be asked about. Needs `--allow-sys=statfs`. */
export async function checkDisk(
  { path, mounts = "", isNeeded }: DiskQuestion,
): Promise<readonly Finding[]> {
  try {
    const { bsize, blocks, bavail } = await statfs(path);
    const size = (count: number) => Number(count) * Number(bsize);
    const facts = { freeBytes: size(bavail), totalBytes: size(blocks) };
    return [diskFinding({ path, ...facts, isReadOnly: isRootReadOnly(path, mounts), isNeeded })];
  } catch {
    return [];
  }
}

/** Against its owner's wish, and only for the root: elsewhere a test of writing says more. */
function isRootReadOnly(path: string, mounts: string): boolean | undefined {
  if (path !== "/") return undefined;
  const roots = mounts.split("\n").flatMap((line) => {
    const mount = mountFrom(line.split(" ").slice(4).join(" "));
    return mount?.point === "/" ? [mount] : [];
  });
  const last = roots.at(-1);
  if (last === undefined || !isReadOnly(last)) return false;
  return isShutOff(last) || wantsWriting(fstab(), "/") === true;
}

function fstab(): string {
  try {
    return Deno.readTextFileSync("/etc/fstab");
  } catch {
    return "";
  }
}

/** Writes a small file into a folder, and removes it. */
export function checkWriting(subject: string, folder: string, advice: string): Finding {
  const path = join(folder, `doctor-${crypto.randomUUID()}`);
  try {
    {
      using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
      file.writeSync(new TextEncoder().encode("doctor\n"));
      file.syncSync();
    }
    Deno.removeSync(path);
    return fine(subject, `${folder} may be written`);
  } catch (error) {
    return wrong(subject, `${folder} cannot be written: ${reasonOf(error)}`, advice);
  }
}
