/** The hub's machine: cluster, then policy, so that one step contains a change and its alert. */

import { clusterMachine } from "../../detection/cluster.ts";
import {
  type ClusterInput,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  isAlertable,
} from "../../detection/cluster_state.ts";
import type { NodeState } from "../../detection/node_state.ts";
import type { Machine, Tick } from "../../machine.ts";
import { ACCESS_VITAL, STORAGE_VITAL } from "../alert.ts";
import { DisplayNames } from "../display_names.ts";
import type { ActionInput, FaultInput, PolicyInput, ProviderHealthInput } from "./input.ts";
import type { MonitorState } from "./monitor_state.ts";
import type { PolicyOutput } from "./output.ts";
import { policyMachine } from "./policy.ts";
import type { Rules } from "./policy_state.ts";
import { redate, type RedatedInput } from "./redating.ts";

export type MonitorInput =
  | ClusterInput
  | ProviderHealthInput
  | FaultInput
  | ActionInput
  | RedatedInput;
export type MonitorOutput = ClusterOutput | PolicyOutput;

export function monitorMachine(
  options: ClusterOptions,
  rules: Rules,
): Machine<MonitorState, MonitorInput, MonitorOutput> {
  const cluster = clusterMachine(options);
  const policy = policyMachine(rules);
  const names = new DisplayNames();
  const nameOf = (id: string) => names.nameOf(id);
  let named: ReadonlyMap<string, NodeState> | undefined;
  /** An input changes only the name of its own node. */
  const learnNames = (nodes: ReadonlyMap<string, NodeState>, input: ClusterInput | Tick) => {
    if (nodes !== named || input.kind === "hear") names.among(nodes);
    else if ("node" in input && input.node !== undefined) names.look(nodes, input.node);
    named = nodes;
  };
  return {
    step(state, input, nowMs) {
      const outputs: MonitorOutput[] = [];
      const tell = (policyInput: PolicyInput | Tick) => {
        outputs.push(...policy.step(state.policy, policyInput, nowMs)[1]);
      };
      if (input.kind === "redated") redate(state, input);
      else if (isForPolicy(input)) tell(input);
      else {
        const [, seen] = cluster.step(state.cluster, input, nowMs);
        outputs.push(...seen);
        learnNames(state.cluster.nodes, input);
        seen.flatMap((output) => policyInputs(state.cluster, output, nameOf)).forEach(tell);
      }
      // This runs after all changes of this step, so that simultaneous events are in one message.
      if (policy.deadlineMs(state.policy) <= nowMs) tell({ kind: "tick" });
      return [state, outputs];
    },
    deadlineMs: (state) =>
      Math.min(cluster.deadlineMs(state.cluster), policy.deadlineMs(state.policy)),
  };
}

function isForPolicy(
  input: MonitorInput | Tick,
): input is ProviderHealthInput | FaultInput | ActionInput {
  return input.kind === "uplink" || input.kind === "fault" || input.kind === "acknowledge" ||
    input.kind === "maintain";
}

function policyInputs(
  cluster: ClusterState,
  output: ClusterOutput,
  nameOf: (id: string) => string,
): PolicyInput[] {
  switch (output.kind) {
    case "transition": {
      if (!isAlertable(cluster, output)) return [];
      return [{ kind: "news", transition: output, name: nameOf(output.node) }];
    }
    case "rebooted":
      return [{ ...output, name: nameOf(output.node) }];
    case "visibility": {
      const { blind, atMs, reason, was } = output;
      const isAfterStall = was === "stalled";
      if (reason === "no_link" || reason === "network") {
        return [{ kind: "sight", of: "network", blind, atMs, cause: reason, isAfterStall }];
      }
      const cause = reason === "visible" ? "" : reason;
      return [{ kind: "sight", of: "broker", blind, atMs, cause, isAfterStall }];
    }
    case "storage": {
      const { node, fault, atMs } = output;
      const subject = { kind: "vital", node, vital: STORAGE_VITAL } as const;
      const name = nameOf(node);
      const cause = fault ?? "";
      return [{ kind: "fault", subject, name, isWrong: cause !== "", cause, sinceMs: atMs }];
    }
    case "access": {
      const { node, fault, atMs } = output;
      const subject = { kind: "vital", node, vital: ACCESS_VITAL } as const;
      const name = nameOf(node);
      const cause = fault ?? "";
      return [{ kind: "fault", subject, name, isWrong: cause !== "", cause, sinceMs: atMs }];
    }
    case "removed":
      return [output];
    case "renamed":
      return [{ kind: "renamed", node: output.node, name: nameOf(output.node) }];
    case "broker":
    case "send_echo":
    case "send_probe":
    case "duplicate_id":
    case "node_refused":
      return [];
  }
}
