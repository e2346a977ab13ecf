/**
 * The embedded broker's log. It reports a problem once and then rarely, so that no flood fills it.
 */

import { HourlyLimit } from "../../core/structures/hourly_limit.ts";

/** Writes one event. `text` holds no secret, and foreign text only in quotes. */
export type BrokerLog = (level: Level, text: string) => void;

type Level = "info" | "warning";

/** A problem that did not occur for this long is logged at once when it occurs again. */
const FORGOTTEN_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Further subjects are logged every time, because they are not remembered. */
const SUBJECTS_MAX = 1000;
/** The limit of lines about clients: a flood under many names must not fill a card. */
const CLIENT_LINES_PER_HOUR = 20;

/**
 * The kinds of lines about a client, and how often each may repeat. A line about the client's
 * settings repeats rarely.
 */
const CLIENT_LINES = {
  wrong_password: HOUR_MS,
  connection: HOUR_MS,
  does_not_read: HOUR_MS,
  credential_ended: HOUR_MS,
  forbidden_publish: DAY_MS,
  forbidden_subscribe: DAY_MS,
  mqtt5: DAY_MS,
} as const;
export type ClientLine = keyof typeof CLIENT_LINES;

interface Subject {
  reportedMs: number;
  lastMs: number;
  hidden: number;
}

interface Repetition {
  readonly everyMs: number;
  readonly forgottenMs: number;
}

/** The memory holds only fixed words and users with a credential, never received text. */
export class BrokerLines {
  readonly #log: BrokerLog;
  readonly #nowMs: () => number;
  readonly #subjects = new Map<string, Subject>();
  readonly #ofClients = new HourlyLimit(CLIENT_LINES_PER_HOUR);

  constructor(log: BrokerLog, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** Logs a problem of the broker itself when it is new, and then once an hour with a count. */
  write(level: Level, subject: string, text: string): void {
    const line = this.#lineOf(subject, text, { everyMs: HOUR_MS, forgottenMs: FORGOTTEN_MS });
    if (line !== undefined) this.#log(level, line);
  }

  /**
   * Logs a problem of one client. `user` has a credential; `undefined` stands for all clients
   * without one.
   */
  writeOf(level: Level, user: string | undefined, kind: ClientLine, text: string): void {
    const repetition = { everyMs: CLIENT_LINES[kind], forgottenMs: Infinity };
    const line = this.#lineOf(`${kind} ${user ?? ""}`, text, repetition);
    if (line === undefined) return;
    const { isReported, hidden } = this.#ofClients.count(this.#nowMs());
    if (hidden > 0) this.#log("warning", `${hidden} lines about clients were omitted`);
    if (isReported) this.#log(level, line);
  }

  #lineOf(subject: string, text: string, repetition: Repetition): string | undefined {
    const atMs = this.#nowMs();
    const known = this.#subjects.get(subject);
    if (known !== undefined && isTooSoon(known, atMs, repetition)) return undefined;
    const count = known?.hidden ?? 0;
    if (this.#subjects.size >= SUBJECTS_MAX) this.#subjects.clear();
    this.#subjects.set(subject, { reportedMs: atMs, lastMs: atMs, hidden: 0 });
    return count === 0 ? text : `${text} (${count} more times since the last line)`;
  }
}

/** Returns whether it is too soon for a repetition, and then counts it. */
function isTooSoon(subject: Subject, atMs: number, { everyMs, forgottenMs }: Repetition): boolean {
  const isNew = atMs - subject.lastMs >= forgottenMs;
  subject.lastMs = atMs;
  if (isNew || atMs - subject.reportedMs >= everyMs) return false;
  subject.hidden++;
  return true;
}
