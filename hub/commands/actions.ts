/** `hub silence`, `hub maintenance`, `hub ack`: requests to the hub that runs on this machine. */

import type { Config } from "../../core/config/settings.ts";
import { ALL_WORD, OFF_WORD } from "../../core/protocol/reserved_id.ts";
import { parseDurationMs } from "../../core/text/duration.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { ExitCode, Main } from "../../io/program/program.ts";
import { acknowledgedLine, inForceLines } from "./in_force.ts";
import { LocalApi } from "./local_api.ts";

export const silence: Subcommand<Main> = {
  usage: "silence [NODE] [DURATION]",
  description:
    'Silences the buzzers for a node, or for all that are down now: for example 20m, or "off".',
  main: ({ config, arguments: args }) => forSomeTime("silence", config, args),
};

export const maintenance: Subcommand<Main> = {
  usage: "maintenance [NODE] [DURATION]",
  description: 'Stops messages and buzzers for a node, or for all: for example 2h, or "off".',
  main: ({ config, arguments: args }) => forSomeTime("maintenance", config, args),
};

export const acknowledge: Subcommand<Main> = {
  usage: "ack [NODE]",
  description: "Acknowledges a node, or everything that is open: no more reminders.",
  async main({ config, arguments: [node] }) {
    const answer = await new LocalApi(config).ask("/api/v1/ack", bodyOf(node));
    console.log(acknowledgedLine(answer));
    return 0;
  },
};

/** Without arguments it only lists what is in force. */
async function forSomeTime(
  action: "silence" | "maintenance",
  config: Config,
  args: readonly string[],
): Promise<ExitCode> {
  if (args.length === 0) return await act(config, "/api/v1/alarm", undefined);
  const [node, text = ""] = args.length === 1 ? [undefined, args[0]] : args;
  const duration = text.toLowerCase() === OFF_WORD ? "0s" : text;
  if (parseDurationMs(duration) === undefined) {
    console.error(`Expected a duration such as 20m, or ${OFF_WORD}, found ${JSON.stringify(text)}`);
    return 2;
  }
  return await act(config, `/api/v1/${action}`, { ...bodyOf(node), for: duration });
}

function bodyOf(node: string | undefined): { readonly node?: string } {
  return node === undefined || node.toLowerCase() === ALL_WORD ? {} : { node };
}

async function act(
  config: Config,
  path: string,
  body: Readonly<Record<string, string>> | undefined,
): Promise<ExitCode> {
  const answer = await new LocalApi(config).ask(path, body);
  for (const line of inForceLines(answer, Date.now())) console.log(line);
  return 0;
}
