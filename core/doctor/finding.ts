/** The findings of a check of this machine's set-up, as text and as JSON. */

/** `warning`: the alarm works, but perhaps not as expected. `wrong`: it does not work. */
export type FindingLevel = "ok" | "warning" | "wrong";

/** One line of a diagnosis. */
export interface Finding {
  /** The subject in one or two words, such as `broker`. */
  readonly subject: string;
  readonly level: FindingLevel;
  readonly found: string;
  /** What to do; absent if nothing must be done. */
  readonly advice?: string;
}

/** Texts of other programs (a chip's label, a broker's reason) are truncated to this length. */
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

/** Whether nothing prevents the alarm from working. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== "wrong");
}

/** One line for each finding, in columns: level, subject, what was found, and the advice. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(0, ...findings.map(({ subject }) => subject.length));
  return findings.map(({ subject, level, found, advice }) => {
    const head = `${level.padEnd(LEVEL_WIDTH)}  ${subject.padEnd(width)}  ${oneLine(found)}`;
    return advice === undefined ? head : `${head} -> ${oneLine(advice)}`;
  });
}

/**
 * `{"ok":true,"findings":[{"subject","level","found","advice"}]}`; `advice` is null if there is
 * none.
 */
export function findingsJson(findings: readonly Finding[]): string {
  const rows = findings.map(({ subject, level, found, advice }) => ({
    subject,
    level,
    found: oneLine(found),
    advice: advice === undefined ? null : oneLine(advice),
  }));
  return JSON.stringify({ ok: isWell(findings), findings: rows });
}

/** Makes a foreign text safe: it can neither forge a line nor move a terminal's cursor. */
function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, TEXT_LENGTH_MAX);
}
