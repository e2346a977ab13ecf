/** The manual page of a program, made from the description of its command line. */

import type { Command } from "commander";
import { type CommandLine, describedCommand, EXIT_CODES } from "./command_line.ts";

export interface ManualOptions {
  /** Paths, with what each holds. */
  readonly files: Readonly<Record<string, string>>;
  /** Other commands with a page. */
  readonly seeAlso: readonly string[];
  /** Where the documents are. */
  readonly homepage: string;
}

/** Returns the page in the format of man(7), for section 1. */
export function manualPage<Main>(
  line: Omit<CommandLine<Main>, "main">,
  options: ManualOptions,
): string {
  const { files, seeAlso, homepage } = options;
  const root = describedCommand(line);
  const name = root.name();
  const see = seeAlso.map((other) => `${other}(1)`).join(", ");
  return [
    `.TH ${plain(name.toUpperCase())} 1 "" "RPi Cluster Alert ${plain(line.version)}"`,
    ...section("Name", [`${plain(name)} \\- ${plain(sentence(line.description))}`]),
    ...section("Synopsis", [`.B ${plain(name)}`, "[options] [command]"]),
    ...section("Description", [
      text(line.description),
      ".PP",
      text("Without a command it runs as a service."),
    ]),
    ...section("Options", optionsOf(root)),
    ...(root.commands.length === 0 ? [] : section("Commands", root.commands.flatMap(subcommandOf))),
    ...section("Exit status", [text(`${EXIT_CODES}.`)]),
    ...section("Files", Object.entries(files).flatMap(([path, what]) => item(path, what))),
    ...section("See also", [text(`${see}, ${homepage}`)]),
    "",
  ].join("\n");
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return [`.SH ${heading.toUpperCase()}`, ...lines];
}

function subcommandOf(command: Command): readonly string[] {
  const help = command.createHelp();
  const own = optionsOf(command);
  const usage = help.subcommandTerm(command);
  return [
    ...item(usage, help.subcommandDescription(command)),
    ...(own.length === 0 ? [] : [".RS", ...own, ".RE"]),
  ];
}

/** Without the request for help, which every command has. */
function optionsOf(command: Command): readonly string[] {
  const help = command.createHelp();
  return command.options.flatMap((option) =>
    item(help.optionTerm(option), help.optionDescription(option))
  );
}

function item(term: string, description: string): readonly string[] {
  return [".TP", `.B ${plain(term)}`, text(description)];
}

/** `Tells the cluster. And more.` is an entry of an index: `tells the cluster; and more`. */
function sentence(description: string): string {
  const entry = description.replace(/\.$/, "");
  return entry.slice(0, 1).toLowerCase() + entry.slice(1);
}

/** A line that is no request, whatever it begins with. */
function text(words: string): string {
  return plain(words).replace(/^(?=[.'])/, "\\&");
}

/** A hyphen that a reader can copy, and no escapes. */
function plain(words: string): string {
  return words.replaceAll("\\", "\\e").replaceAll("-", "\\-");
}
