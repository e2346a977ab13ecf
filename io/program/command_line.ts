/** The command line that agent, tracker and hub share, built with commander. */

import { Command, CommanderError, Option } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config/config_file.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "../log/log_line.ts";

/** A program as its help shows it. `Main` is the type of the function to run. */
export interface CommandLine<Main> {
  readonly name: string;
  /** What a person types for it. Default: `name`. */
  readonly command?: string;
  readonly description: string;
  readonly version: string;
  readonly main: Main;
  readonly commands?: readonly Subcommand<Main>[];
}

export interface Subcommand<Main> {
  /** The name and arguments: `enrol <ID>`. */
  readonly usage: string;
  readonly description: string;
  readonly options?: readonly { readonly flags: string; readonly description: string }[];
  readonly main: Main;
  /**
   * Reports a bad configuration in the subcommand's own format, one line for each issue. Default:
   * stderr.
   */
  readonly reportBadConfig?: ReportBadConfig;
}

export type Options = Readonly<Record<string, string | boolean>>;
export type ReportBadConfig = (issues: readonly string[], options: Options) => void;

/** The parsed request of the user. */
export type Invocation<Main> =
  | {
    readonly kind: "run";
    readonly main: Main;
    /** The name of the subcommand, if there is one. */
    readonly subcommand: string | undefined;
    readonly arguments: readonly string[];
    /** The options of the subcommand by long name: `name` for `--name NAME`. */
    readonly options: Options;
    readonly reportBadConfig: ReportBadConfig | undefined;
    readonly common: CommonFlags;
  }
  /** Help, version or an error was printed; the caller only has to exit. */
  | { readonly kind: "answered"; readonly exitCode: 0 | 2 };

export interface CommonFlags {
  readonly configPath: string;
  /** The user gave the path; it is not the default. */
  readonly configExplicit: boolean;
  readonly checkConfig: boolean;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevel;
}

const HELP_WIDTH = 100;

export const EXIT_CODES = "0 asked to stop, 1 failure, 2 usage, 78 bad configuration";

/** Common options may stand before and after a subcommand. */
export function parseCommandLine<Main>(
  line: CommandLine<Main>,
  args: readonly string[],
): Invocation<Main> {
  const chosen: { command: Command; subcommand: Subcommand<Main> | undefined; main: Main }[] = [];
  const root = rootCommand(line);
  for (const subcommand of line.commands ?? []) {
    const command = addSubcommand(root, subcommand);
    command.action(() => {
      chosen.push({ command, subcommand, main: subcommand.main });
    });
  }
  try {
    // With an action of its own, commander would report an unknown command as a surplus argument.
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

/** The whole command line as commander knows it, for those who describe it. */
export function describedCommand<Main>(line: Omit<CommandLine<Main>, "main">): Command {
  const root = rootCommand(line);
  for (const subcommand of line.commands ?? []) addSubcommand(root, subcommand);
  return root;
}

function addSubcommand<Main>(root: Command, subcommand: Subcommand<Main>): Command {
  const { usage, description, options = [] } = subcommand;
  const command = root.command(usage).description(description).helpOption("-h, --help", "help");
  for (const { flags, description } of options) command.option(flags, description);
  return command;
}

function rootCommand<Main>(line: Omit<CommandLine<Main>, "main">): Command {
  const { name, command = name, description, version } = line;
  return new Command(command)
    .description(description)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.log(text.trimEnd()),
      writeErr: (text) => {
        if (text.trim() !== "") console.error(text.trimEnd());
      },
      // Otherwise commander reads variables such as NO_COLOR, which the programs may not read.
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(`See ${command} --help.`)
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
    .addHelpText("after", `\nExit codes: ${EXIT_CODES}.`);
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
