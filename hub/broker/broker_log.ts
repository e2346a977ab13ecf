/** The embedded broker's log: what goes on is told once, then rarely, and no flood fills it. */

import { HourlyLimit } from "../../core/structures/hourly_limit.ts";

/** One event for the log. `text` holds no secret, and strangers' text only quoted. */
export type BrokerLog = (level: Level, text: string) => void;

type Level = "info" | "warning";

/** What has not happened for so long is told at once when it happens again. */
const FORGOTTEN_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Different subjects beyond these are told without a memory. */
const SUBJECTS_MAX = 1000;
/** Lines about clients within an hour: a flood under many names must not fill a card. */
const CLIENT_LINES_PER_HOUR = 20;

/** What is told of a client, and how often the same is told again; rarely where it is a setting of its. */
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

/** What is remembered is made of fixed words and of users with a credential, never of what was received. */
export class BrokerLines {
  readonly #log: BrokerLog;
  readonly #nowMs: () => number;
  readonly #subjects = new Map<string, Subject>();
  readonly #ofClients = new HourlyLimit(CLIENT_LINES_PER_HOUR);

  constructor(log: BrokerLog, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** A matter of the broker itself: told when it is new, and then once an hour with how often it came. */
  tell(level: Level, subject: string, text: string): void {
    const line = this.#lineOf(subject, text, { everyMs: HOUR_MS, forgottenMs: FORGOTTEN_MS });
    if (line !== undefined) this.#log(level, line);
  }

  /** A matter of one client. `user` has a credential; `undefined`: any client that has none. */
  tellOf(level: Level, user: string | undefined, kind: ClientLine, text: string): void {
    const repetition = { everyMs: CLIENT_LINES[kind], forgottenMs: Infinity };
    const line = this.#lineOf(`${kind} ${user ?? ""}`, text, repetition);
    if (line === undefined) return;
    const { isReported, hidden } = this.#ofClients.count(this.#nowMs());
    if (hidden > 0) this.#log("warning", `${hidden} lines about clients were left out`);
    if (isReported) this.#log(level, line);
  }

  #lineOf(subject: string, text: string, repetition: Repetition): string | undefined {
    const atMs = this.#nowMs();
    const known = this.#subjects.get(subject);
    if (known !== undefined && isTooSoon(known, atMs, repetition)) return undefined;
    const count = known?.hidden ?? 0;
    if (this.#subjects.size >= SUBJECTS_MAX) this.#subjects.clear();
    this.#subjects.set(subject, { reportedMs: atMs, lastMs: atMs, hidden: 0 });
    return count === 0 ? text : `${text} (${count} more times since it was told)`;
  }
}

/** Whether it is too soon to tell it again; counts it then. */
function isTooSoon(subject: Subject, atMs: number, { everyMs, forgottenMs }: Repetition): boolean {
  const isNew = atMs - subject.lastMs >= forgottenMs;
  subject.lastMs = atMs;
  if (isNew || atMs - subject.reportedMs >= everyMs) return false;
  subject.hidden++;
  return true;
}
