/** `hub silence`, `hub maintenance`, `hub ack`: what a person asks of the hub that runs here. */

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
    'Keeps buzzers quiet about a node, or about all that are down now, for 20m say, or "off".',
  main: ({ config, arguments: args }) => forSomeTime("silence", config, args),
};

export const maintenance: Subcommand<Main> = {
  usage: "maintenance [NODE] [DURATION]",
  description: 'Tells nobody of a node, or of any, and keeps buzzers quiet, for 2h say, or "off".',
  main: ({ config, arguments: args }) => forSomeTime("maintenance", config, args),
};

export const acknowledge: Subcommand<Main> = {
  usage: "ack [NODE]",
  description: "Says that somebody takes care of a node, or of all that is open: no reminders.",
  async main({ config, arguments: [node] }) {
    const answer = await new LocalApi(config).ask("/api/v1/ack", bodyOf(node));
    console.log(acknowledgedLine(answer));
    return 0;
  },
};

/** Without arguments it only says what is in force. */
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
