/** Whether a file system has room, and may be written. */

import { type Finding, fine, warning, wrong } from "./finding.ts";

const MB = 1_000_000;
/** With less than this the next write may fail. */
const FREE_BYTES_MIN = 20 * MB;
/** With less than this share a Pi that writes logs and updates is full soon. */
const FREE_SHARE_LOW = 0.05;
const GB = 1000 * MB;

export interface DiskFacts {
  /** The folder that was asked about. */
  readonly path: string;
  /** What this user may still write, and the size of the whole. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** A read-only system may be its owner's wish; `undefined` if it is not known. */
  readonly isReadOnly: boolean | undefined;
  /** Whether the program must write there. */
  readonly isNeeded: boolean;
}

export function diskFinding(facts: DiskFacts): Finding {
  const { path, freeBytes, totalBytes, isReadOnly, isNeeded } = facts;
  const found = `${path}: ${bytesText(freeBytes)} of ${bytesText(totalBytes)} free`;
  if (isReadOnly) {
    const advice = "dmesg: a card that turned read-only is dying; unless /etc/fstab wants it so";
    return isNeeded
      ? wrong("disk", `${path} is read-only`, advice)
      : warning("disk", `${path} is read-only`, advice);
  }
  const advice = "make room: sudo apt clean, sudo journalctl --vacuum-size=50M, or a larger card";
  if (freeBytes < FREE_BYTES_MIN && isNeeded) return wrong("disk", found, advice);
  if (freeBytes < FREE_BYTES_MIN || freeBytes < FREE_SHARE_LOW * totalBytes) {
    return warning("disk", found, advice);
  }
  return fine("disk", found);
}

/** `1.5 GB`, `20 MB`. */
export function bytesText(bytes: number): string {
  return bytes < GB ? `${Math.round(bytes / MB)} MB` : `${(bytes / GB).toFixed(1)} GB`;
}
