/**
 * Writes the cluster machine's output to the log, in the words that the page and the messages use.
 */

import type {
  BrokerChange,
  ClusterOutput,
  NodeRefused,
} from "../../core/detection/cluster_state.ts";
import { LIVENESS_WORDS } from "../../core/detection/liveness.ts";
import { reservedIdReason } from "../../core/protocol/reserved_id.ts";
import type { Log } from "./log.ts";
import { VisibilityLog } from "./visibility_log.ts";

/** A program observes only one cluster. */
const visibilityLog = new VisibilityLog();

/** `brokers` are the names of an observer's brokers, in the order of the configuration. */
export function logBrokerChange(
  log: Log,
  { link, sees, reason }: BrokerChange,
  brokers: readonly string[],
): void {
  const broker = brokers[link];
  if (sees) return log.info("sees the cluster through this broker again", { broker });
  log.warning("does not see the cluster through one of its brokers", { broker, reason });
}

/** Writes one line for each event. Echoes are not events, and brokers have names of their own. */
export function logClusterOutput(log: Log, output: ClusterOutput): void {
  switch (output.kind) {
    case "transition": {
      const { node, from, to, reason } = output;
      const line = { node, from: LIVENESS_WORDS[from], to: LIVENESS_WORDS[to], reason };
      return to === "dead" ? log.warning("a node died", line) : log.info("a node changed", line);
    }
    case "visibility":
      return visibilityLog.take(log, output);
    case "rebooted":
      return log.warning("a node came back from a reboot that it had not announced", {
        node: output.node,
      });
    case "storage": {
      const { node, fault, isChange } = output;
      if (fault !== undefined) return log.warning("a node's storage fails", { node, fault });
      if (isChange) log.info("a node's storage works again", { node });
      return;
    }
    case "access": {
      const { node, fault, isChange } = output;
      if (fault !== undefined) return log.warning("a way to a node ends", { node, fault });
      if (isChange) log.info("no way to a node is about to end", { node });
      return;
    }
    case "duplicate_id": {
      const { node, present, serials } = output;
      if (!present) return log.info("only one machine claims this id now", { node });
      return log.warning(`two machines claim to be "${node}"`, { serials: serials.join(" ") });
    }
    case "removed":
      return log.info("a node is no longer watched", { node: output.node });
    case "renamed":
      return log.info("a node is renamed", { node: output.node, name: output.name });
    case "node_refused":
      return log.warning(whyRefused(output), { node: output.node });
    case "broker":
    case "send_echo":
    case "send_probe":
      return;
  }
}

function whyRefused({ node, reason }: NodeRefused): string {
  if (reason === "full") return "too many nodes: new ones are refused";
  return `not watched: its Pi needs another id, because ${reservedIdReason(node)}`;
}
