/** When the hub makes its nightly backup, and which old ones it removes. */

/** So many nights are kept. */
export const BACKUPS_KEPT = 7;
/** In local time: most people sleep, and messages of the night are rare. */
const HOUR = 3;
/** A Pi without a battery clock boots in the past. A backup of that day would have a wrong name. */
const BEGINNING = "2026-01-01";

const NAME = /^hub-(\d{4}-\d{2}-\d{2})\.backup$/;

/** The file of a local day such as `2026-11-30`. */
export function backupName(day: string): string {
  return `hub-${day}.backup`;
}

/** The day of a nightly backup; `undefined` for any other file. */
export function backupDay(name: string): string | undefined {
  return NAME.exec(name)?.[1];
}

export interface BackupMoment {
  /** The names in the folder of backups. */
  readonly names: readonly string[];
  /** The local day and hour. */
  readonly day: string;
  readonly hour: number;
}

/** A day whose backup is missing gets it from 3 o'clock on. The very first one does not wait. */
export function isBackupDue({ names, day, hour }: BackupMoment): boolean {
  if (day < BEGINNING) return false;
  const days = names.flatMap((name) => backupDay(name) ?? []);
  return days.length === 0 || (hour >= HOUR && !days.includes(day));
}

/** The nightly backups that are too many, oldest first. Other files are nobody's business. */
export function obsoleteBackups(names: readonly string[]): readonly string[] {
  const ours = names.filter((name) => backupDay(name) !== undefined).toSorted();
  return ours.slice(0, Math.max(0, ours.length - BACKUPS_KEPT));
}
