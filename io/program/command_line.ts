/** The command line that agent, tracker and hub share, by commander. */

import { Command, CommanderError, Option } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config/config_file.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log/log_line.ts";

/** A program as its help shows it. `Main` is what it runs, whatever that is. */
export interface CommandLine<Main> {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly main: Main;
  readonly commands?: readonly Subcommand<Main>[];
}

export interface Subcommand<Main> {
  /** Its name and arguments: `enrol <ID>`. */
  readonly usage: string;
  readonly description: string;
  readonly options?: readonly { readonly flags: string; readonly description: string }[];
  readonly main: Main;
  /**
   * Says in the subcommand's own way what is wrong with the configuration, a line for each issue;
   * left out: they go to stderr.
   */
  readonly reportBadConfig?: ReportBadConfig;
}

export type Options = Readonly<Record<string, string | boolean>>;
export type ReportBadConfig = (issues: readonly string[], options: Options) => void;

/** What somebody asked for. */
export type Invocation<Main> =
  | {
    readonly kind: "run";
    readonly main: Main;
    /** The name of the subcommand, if it is one. */
    readonly subcommand: string | undefined;
    readonly arguments: readonly string[];
    /** The subcommand's own options that were given, by long name: `name` for `--name NAME`. */
    readonly options: Options;
    readonly reportBadConfig: ReportBadConfig | undefined;
    readonly common: CommonFlags;
  }
  /** Help, version or complaint are printed; only the exit code is left to do. */
  | { readonly kind: "answered"; readonly exitCode: 0 | 2 };

export interface CommonFlags {
  readonly configPath: string;
  /** The path was given, and is not merely the default. */
  readonly configExplicit: boolean;
  readonly checkConfig: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

const HELP_WIDTH = 100;

const EXIT_CODES = "\nExit codes: 0 asked to stop, 1 failure, 2 usage, 78 bad configuration.";

/** Common flags may stand before and after a subcommand. */
export function parseCommandLine<Main>(
  line: CommandLine<Main>,
  args: readonly string[],
): Invocation<Main> {
  const chosen: { command: Command; subcommand: Subcommand<Main> | undefined; main: Main }[] = [];
  const root = rootCommand(line);
  for (const subcommand of line.commands ?? []) {
    const { usage, description, options = [], main } = subcommand;
    const command = root.command(usage).description(description).helpOption("-h, --help", "help");
    for (const { flags, description } of options) command.option(flags, description);
    command.action(() => {
      chosen.push({ command, subcommand, main });
    });
  }
  try {
    // Beside an action of its own, commander takes an unknown command for an argument too many.
    if (root.parseOptions([...args]).operands.length === 0) {
      root.action(() => {
        chosen.push({ command: root, subcommand: undefined, main: line.main });
      });
    }
    root.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: "answered", exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  const [choice] = chosen;
  if (!choice) throw new Error("commander chose no command");
  const { command, subcommand, main } = choice;
  return {
    kind: "run",
    main,
    subcommand: subcommand && command.name(),
    arguments: command.args,
    options: subcommand === undefined ? {} : command.opts<Record<string, string | boolean>>(),
    reportBadConfig: subcommand?.reportBadConfig,
    common: commonFlags(root),
  };
}

function rootCommand<Main>({ name, description, version }: CommandLine<Main>): Command {
  return new Command(name)
    .description(description)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.log(text.trimEnd()),
      writeErr: (text) => {
        if (text.trim() !== "") console.error(text.trimEnd());
      },
      // Spelled out, for commander else asks variables such as NO_COLOR, which programs may not read.
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(`See ${name} --help.`)
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .helpCommand(false)
    .option(
      "-c, --config <FILE>",
      `configuration; without one ${name}.ini goes before config.ini`,
      DEFAULT_CONFIG_PATH,
    )
    .option("--check-config", "say whether the configuration is good, and end", false)
    .addOption(
      new Option("--log-format <FORMAT>", "how to log").choices(LOG_FORMATS).default("text"),
    )
    .addOption(
      new Option("--log-level <LEVEL>", "how much to log").choices(LOG_LEVELS).default("info"),
    )
    .version(`${name} ${version}`, "--version", "version")
    .helpOption("-h, --help", "help")
    .addHelpText("after", EXIT_CODES);
}

function commonFlags(root: Command): CommonFlags {
  const options = root.opts<{
    readonly config: string;
    readonly checkConfig: boolean;
    readonly logFormat: LogFormat;
    readonly logLevel: LogLevel;
  }>();
  return {
    configPath: options.config,
    configExplicit: root.getOptionValueSource("config") !== "default",
    checkConfig: options.checkConfig,
    logFormat: options.logFormat,
    logLevel: options.logLevel,
  };
}
