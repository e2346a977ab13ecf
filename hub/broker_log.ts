/** The embedded broker's log: a refused client tries each second, for ever, and is told by the hour. */

/** One event for the log. `text` holds no secret, and strangers' text only quoted. */
export type BrokerLog = (level: "info" | "warning", text: string) => void;

/** What has not happened for so long is told at once when it happens again. */
const FORGOTTEN_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Different lines beyond these are told without a memory. */
const LINES_MAX = 1000;

interface Line {
  toldMs: number;
  lastMs: number;
  hidden: number;
}

/** Lets a line through when it is new, and then once an hour with how often it came. */
export function withoutRepetitions(
  log: BrokerLog,
  nowMs: () => number = () => performance.now(),
): BrokerLog {
  const lines = new Map<string, Line>();
  return (level, text) => {
    const atMs = nowMs();
    const line = lines.get(text);
    if (line !== undefined && isRepetition(line, atMs)) return;
    const count = line?.hidden ?? 0;
    if (lines.size >= LINES_MAX) lines.clear();
    lines.set(text, { toldMs: atMs, lastMs: atMs, hidden: 0 });
    log(level, count === 0 ? text : `${text} (${count} more times since it was told)`);
  };
}

/** Whether it is too soon to tell it again; counts it then. */
function isRepetition(line: Line, atMs: number): boolean {
  const isNew = atMs - line.lastMs >= FORGOTTEN_MS;
  line.lastMs = atMs;
  if (isNew || atMs - line.toldMs >= HOUR_MS) return false;
  line.hidden++;
  return true;
}
