/** `rpi-cluster-hub upgrade`: lets the running hub upgrade Pis, and follows them to the end. */

import type { NodeView } from "../../core/api/node_view.ts";
import type { Subcommand } from "../../io/program/command_line.ts";
import type { ExitCode, Main } from "../../io/program/program.ts";
import { UsageError, UserError } from "../../io/program/user_error.ts";
import { sleepUntil, systemClock } from "../../io/time/clock.ts";
import { LocalApi } from "./local_api.ts";
import { isOver, upgradeLine } from "./upgrade_text.ts";

const LOOK_EVERY_MS = 1000;

type Shown = Pick<NodeView, "id" | "upgrade">;

export const upgrade: Subcommand<Main> = {
  usage: "upgrade [NODE]",
  description: "Upgrades a Pi to the version of the hub's packages, or with --all one after the " +
    "other all that take upgrades, and follows it. Exit code 1: not all of them were upgraded.",
  options: [{ flags: "--all", description: "all Pis for which there is a newer version" }],
  async main({ config, stop, arguments: [node], options: { all } }) {
    if ((node === undefined) === (all !== true)) {
      throw new UsageError("Expected the id of a Pi, or --all");
    }
    const path = node === undefined
      ? "/api/v1/upgrade"
      : `/api/v1/nodes/${encodeURIComponent(node)}/upgrade`;
    const api = new LocalApi(config);
    const asked = nodesIn(await api.ask(path, {}), isText);
    if (asked.length === 0) {
      console.log("There is no newer version for any Pi that is up and takes upgrades.");
      return 0;
    }
    return await follow(api, asked, stop);
  },
};

/** Prints each change until nothing more will happen. */
async function follow(
  api: LocalApi,
  asked: readonly string[],
  stop: AbortSignal,
): Promise<ExitCode> {
  const printed = new Map<string, string>();
  while (!stop.aborted) {
    const nodes = nodesIn(await api.ask("/api/v1/nodes", undefined), isShown);
    const ours = nodes.filter(({ id }) => asked.includes(id));
    for (const node of ours) {
      const line = upgradeLine(node);
      if (line === undefined || printed.get(node.id) === line) continue;
      printed.set(node.id, line);
      console.log(line);
    }
    if (ours.every(({ upgrade }) => upgrade === null || isOver(upgrade))) {
      const isGood = ours.length === asked.length &&
        ours.every(({ upgrade }) => upgrade?.step === "done");
      return isGood ? 0 : 1;
    }
    await sleepUntil(systemClock, systemClock.nowMs() + LOOK_EVERY_MS, stop);
  }
  console.log("The upgrade goes on: the page shows how far it is.");
  return 0;
}

/** The list `nodes` of an answer of the hub, as far as it is read here. */
function nodesIn<One>(answer: unknown, isOne: (entry: unknown) => entry is One): readonly One[] {
  if (typeof answer === "object" && answer !== null && "nodes" in answer) {
    const { nodes } = answer;
    if (Array.isArray(nodes) && nodes.every(isOne)) return nodes;
  }
  throw new UserError("The hub's answer has the format of another version");
}

function isText(entry: unknown): entry is string {
  return typeof entry === "string";
}

function isShown(node: unknown): node is Shown {
  return typeof node === "object" && node !== null && "id" in node &&
    typeof node.id === "string" && "upgrade" in node;
}
