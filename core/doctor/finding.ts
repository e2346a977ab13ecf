/** What a check of this machine's set-up found, in words for a person and for a program. */

/** `warning`: the alarm works, but not as somebody may think. `wrong`: it does not work. */
export type FindingLevel = "ok" | "warning" | "wrong";

/** One line of a diagnosis. */
export interface Finding {
  /** What was looked at, in a word or two: `broker`. */
  readonly subject: string;
  readonly level: FindingLevel;
  readonly found: string;
  /** What to do; absent where nothing is to be done. */
  readonly advice?: string;
}

/** Words of other programs (a chip's label, a broker's reason) are cut short here. */
const TEXT_LENGTH_MAX = 500;
const LEVEL_WIDTH = "warning".length;

export function fine(subject: string, found: string): Finding {
  return { subject, level: "ok", found };
}

export function warning(subject: string, found: string, advice: string): Finding {
  return { subject, level: "warning", found, advice };
}

export function wrong(subject: string, found: string, advice: string): Finding {
  return { subject, level: "wrong", found, advice };
}

/** True while nothing keeps the alarm from working. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== "wrong");
}

/** A line for each, in columns: level, subject, what was found, and what to do about it. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  return findings.map(({ subject, level, found, advice }) => {
    const head = `${level.padEnd(LEVEL_WIDTH)}  ${subject.padEnd(width)}  ${oneLine(found)}`;
    return advice === undefined ? head : `${head} -> ${oneLine(advice)}`;
  });
}

/** `{"ok":true,"findings":[{"subject","level","found","advice"}]}`; `advice` is null without one. */
export function findingsJson(findings: readonly Finding[]): string {
  const rows = findings.map(({ subject, level, found, advice }) => ({
    subject,
    level,
    found: oneLine(found),
    advice: advice === undefined ? null : oneLine(advice),
  }));
  return JSON.stringify({ ok: isWell(findings), findings: rows });
}

/** A foreign text can neither forge a line nor move a terminal's cursor. */
function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, TEXT_LENGTH_MAX);
}
