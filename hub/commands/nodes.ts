/** `hub nodes`: lists the nodes with the versions of their agents. */

import type { StatusNode, StatusView } from "../../core/api/status_view.ts";
import { LIVENESS_WORDS } from "../../core/detection/liveness.ts";
import { plainText } from "../../core/text/plain_text.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { Main } from "../../io/program/program.ts";
import { LocalApi } from "./local_api.ts";
import { isStatus } from "./status.ts";
import { table } from "./table.ts";

export const nodes: Subcommand<Main> = {
  usage: "nodes",
  description: "Lists the Pis with the versions of their agents.",
  options: [{ flags: "--json", description: "for a program: one JSON object" }],
  async main({ config, options: { json } }) {
    const answer = await new LocalApi(config).ask("/api/v1/status", undefined);
    if (!isStatus(answer)) throw new Error("The hub's answer has the format of another version");
    if (json === true) {
      const { version, nodes } = answer;
      console.log(JSON.stringify({ version, nodes }));
    } else for (const line of nodeLines(answer)) console.log(line);
    return 0;
  },
};

/** A table of the nodes, and how many of them are older than the hub. */
export function nodeLines({ nodes, version }: StatusView): readonly string[] {
  const older = nodes.filter(({ outdated }) => outdated).length;
  const sentence = older === 0
    ? `The hub has version ${version}.`
    : `The hub has version ${version}: ${older} of ${nodes.length} Pis are older.`;
  return [sentence, ...(nodes.length === 0 ? [] : ["", ...table(nodes.map(rowOf))])];
}

function rowOf(node: StatusNode): readonly string[] {
  const version = node.version === null ? "unknown" : plainText(node.version);
  return [
    LIVENESS_WORDS[node.liveness],
    node.id,
    plainText(node.display_name),
    node.outdated ? `${version}, older than the hub` : version,
  ];
}
