/** Runs agent, tracker and hub in the same way, from the arguments to the exit code. */

import type { ChannelKind } from "../../core/config/needs.ts";
import type { Config } from "../../core/config/settings.ts";
import {
  ConfigError,
  defaultConfigPath,
  loadConfig,
  readConfigEntries,
} from "../config/config_file.ts";
import { isOpenToAll, secretsIn, secretsShown } from "../config/open_secrets.ts";
import { configureLog, getLog, isUnderSystemd, type Log } from "../log/log.ts";
import { redacted } from "../log/redaction.ts";
import { writeToStderr } from "../log/stderr.ts";
import { adoptTimeZone } from "../time/local_time.ts";
import {
  type CommandLine,
  type CommonFlags,
  type Options,
  parseCommandLine,
} from "./command_line.ts";
import { untilAskedToStop } from "./process.ts";
import { Systemd } from "./systemd.ts";
import { UserError } from "./user_error.ts";

/** The input of a program or of one of its subcommands. */
export interface Run {
  readonly config: Config;
  readonly configPath: string;
  /** The log topic with the name of the program. */
  readonly log: Log;
  /** Aborted when the program must end; it then has `STOP_WITHIN_MS`. */
  readonly stop: AbortSignal;
  /** Arguments and options of a subcommand; empty for the program itself. */
  readonly arguments: readonly string[];
  readonly options: Options;
}

/**
 * 0 stopped on request or done, 1 failure, 2 usage, 3 unknown (`hub status` only), 78 bad
 * configuration (EX_CONFIG of sysexits.h).
 */
export type ExitCode = 0 | 1 | 2 | 3 | 78;

/** Returns when the program was asked to stop or the subcommand is done; 1 after a failure. */
export type Main = (run: Run) => Promise<ExitCode | void>;

export interface Program extends CommandLine<Main> {
  /** The kinds of channels. Absent for a program that sends no messages. */
  readonly channelKinds?: readonly ChannelKind[];
}

/**
 * A program must end within 2 s after a request. The remaining time is for logging why it did not.
 */
const STOP_WITHIN_MS = 1900;

/** Runs a program on the process's arguments, and ends the process. */
export async function runProgram(program: Program): Promise<never> {
  Deno.exit(await exitCodeOf(program, Deno.args));
}

async function exitCodeOf(program: Program, args: readonly string[]): Promise<ExitCode> {
  const invocation = parseCommandLine(program, args);
  if (invocation.kind === "answered") return invocation.exitCode;
  const common = withOwnConfig(invocation.common, program.name);
  const systemd = isUnderSystemd((name) => Deno.env.get(name));
  using _log = configureLog({ level: common.logLevel, format: common.logFormat, systemd });
  const log = getLog(program.name);
  using _reports = reportUncaught(log);
  const issues: string[] = [];
  const report = (found: readonly string[]) => {
    issues.push(...found);
    if (invocation.reportBadConfig) return invocation.reportBadConfig(found, invocation.options);
    for (const issue of found) writeToStderr(`${systemd ? "<3>" : ""}${issue}`);
  };
  const config = configOf(common, program.channelKinds ?? [], report);
  const isService = systemd && invocation.subcommand === undefined;
  if (config === undefined) {
    if (isService) await Systemd.tellEnd(`bad configuration: ${shortened(issues)}`);
    return 78;
  }
  adoptTimeZone(config.hub.timeZone);
  if (common.checkConfig) {
    const lines = readConfigEntries(common.configPath, { explicit: false });
    const remark = lines.length > 0 ? "" : " (no such file, or an empty one)";
    console.log(`${common.configPath}: ok${remark}`);
    return 0;
  }
  if (isService) warnOfOpenSecrets(common.configPath, log);
  using asked = untilAskedToStop();
  using _limit = limitEnd(asked.signal, log);
  try {
    const exitCode = await invocation.main({
      config,
      configPath: common.configPath,
      log,
      stop: asked.signal,
      arguments: invocation.arguments,
      options: invocation.options,
    });
    if (typeof exitCode === "number") return exitCode;
    if (asked.signal.aborted || invocation.subcommand !== undefined) return 0;
    log.error("ended unexpectedly");
    return 1;
  } catch (error) {
    if (asked.signal.aborted && isAbort(error, asked.signal)) return 0;
    if (error instanceof UserError) {
      // A subcommand prints a sentence for the person who typed it; a service writes to the log.
      if (invocation.subcommand === undefined) log.error(error.message);
      else writeToStderr(redacted(error.message));
      if (isService) await Systemd.tellEnd(redacted(error.message));
      return error.exitCode;
    }
    log.error("ended by an unexpected error", { error });
    return 1;
  }
}

/** The first issue, and how many more there are. */
function shortened([first = "", ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

/** Only for a service: a person who tries a program by hand knows the file that they just wrote. */
function warnOfOpenSecrets(path: string, log: Log): void {
  const secrets = secretsIn(path);
  if (secrets.length === 0 || !isOpenToAll(path)) return;
  log.warning("every user of this machine may read the passwords of the configuration", {
    secrets: secretsShown(secrets),
    todo: `sudo chmod o-r ${path}`,
  });
}

function withOwnConfig(common: CommonFlags, program: string): CommonFlags {
  return common.configExplicit ? common : { ...common, configPath: defaultConfigPath(program) };
}

/** Returns the configuration, or `undefined` after all issues were reported. */
function configOf(
  { configPath: path, configExplicit: explicit }: CommonFlags,
  kinds: readonly ChannelKind[],
  report: (issues: readonly string[]) => void,
): Config | undefined {
  try {
    return loadConfig({ path, explicit, kinds });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(error.message.split("\n"));
    return undefined;
  }
}

/** Logs an error that nobody caught, with secrets replaced, and ends the program. */
function reportUncaught(log: Log): Disposable {
  const onError = (event: ErrorEvent) => end(log, event.error ?? event.message);
  const onRejection = (event: PromiseRejectionEvent) => end(log, event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]() {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}

function end(log: Log, error: unknown): never {
  log.error("ended by an unexpected error", { error });
  Deno.exit(1);
}

/** Ends the process when the program takes too long to end. */
function limitEnd(stop: AbortSignal, log: Log): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    timer = setTimeout(() => {
      log.error("could not end in time", { within_ms: STOP_WITHIN_MS });
      Deno.exit(1);
    }, STOP_WITHIN_MS);
  };
  stop.addEventListener("abort", start, { once: true });
  return {
    [Symbol.dispose]() {
      stop.removeEventListener("abort", start);
      clearTimeout(timer);
    },
  };
}

/** Returns whether the error only reports the stop, thrown by an operation that was waiting. */
function isAbort(error: unknown, stop: AbortSignal): boolean {
  return error === stop.reason || error instanceof Error && error.name === "AbortError";
}
