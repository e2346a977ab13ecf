/** The log of the programs: one line per event on stderr, written synchronously. */

import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";
import {
  formatLine,
  type LineOptions,
  type LogEvent,
  type LogFormat,
  type LogLevel,
  type LogProperties,
} from "./log_line.ts";
import { Repeats } from "./log_repeats.ts";
import { writeToStderr } from "./stderr.ts";

/** The logger of a topic: `tracker`, `mqtt`, `outbox`, ... */
export interface Log {
  /** For developers. Repeats are not summed up. */
  debug(message: string, properties?: LogProperties): void;
  info(message: string, properties?: LogProperties): void;
  warning(message: string, properties?: LogProperties): void;
  error(message: string, properties?: LogProperties): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly systemd: boolean;
  readonly write?: (line: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly nowMs?: () => number;
}

/** The LogTape category of all our topics. */
const CATEGORY = "rpi-cluster-alert";

/** Further repeats of a message of the same topic are only counted. */
export const SAME_MESSAGE_PER_MINUTE_MAX = 60;

/** Nothing is written before `configureLog` is called. A message is plain text, not a template. */
export function getLog(topic: string): Log {
  const logger = getLogger([CATEGORY, topic]);
  return {
    debug: (message, properties) => logger.debug(message, { ...properties }),
    info: (message, properties) => logger.info(message, { ...properties }),
    warning: (message, properties) => logger.warning(message, { ...properties }),
    error: (message, properties) => logger.error(message, { ...properties }),
  };
}

/** Starts the log of a program. Disposing it writes the sums of repeats that are still open. */
export function configureLog(options: LogOptions): Disposable {
  const { write = writeToStderr, nowMs = () => performance.now() } = options;
  const line: LineOptions = { format: options.format, systemd: options.systemd };
  const repeats = new Repeats<LogEvent>(SAME_MESSAGE_PER_MINUTE_MAX);
  const sumUp = (untilMs: number) => {
    for (const { first, hidden } of repeats.drain(untilMs)) {
      const message = `${first.message} (repeated ${hidden} times)`;
      write(formatLine({ ...first, at: Date.now(), message, properties: {} }, line));
    }
  };
  const sink = (record: LogRecord) => {
    const event = eventOf(record);
    sumUp(nowMs());
    const kind = `${event.topic} ${event.level} ${event.message}`;
    if (event.level !== "debug" && !repeats.admit(kind, event, nowMs())) return;
    write(formatLine(event, line));
  };
  configureSync({
    reset: true,
    sinks: { stderr: sink },
    loggers: [
      { category: CATEGORY, sinks: ["stderr"], lowestLevel: options.level },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "warning" },
    ],
  });
  return { [Symbol.dispose]: () => sumUp(Infinity) };
}

/** Returns whether the journal reads the output. The journal adds time and priority itself. */
export function isUnderSystemd(environment: (name: string) => string | undefined): boolean {
  const named = environment("JOURNAL_STREAM") ?? environment("INVOCATION_ID");
  // Programs in a terminal inherit these variables from the service that started the desktop.
  return Boolean(named) && !Deno.stderr.isTerminal();
}

function eventOf(record: LogRecord): LogEvent {
  return {
    at: record.timestamp,
    level: levelOf(record.level),
    topic: record.category.at(-1) ?? CATEGORY,
    // LogTape would replace braces in the message, but braces in foreign text are not a template.
    message: typeof record.rawMessage === "string"
      ? record.rawMessage
      : record.rawMessage.join("..."),
    properties: record.properties,
  };
}

function levelOf(level: LogRecord["level"]): LogLevel {
  switch (level) {
    case "trace":
    case "debug":
      return "debug";
    case "fatal":
      return "error";
    default:
      return level;
  }
}
