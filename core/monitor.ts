/** The hub's machine: the cluster chained to the policy, so that one step holds a change and its alert. */

import {
  type ClusterInput,
  clusterMachine,
  type ClusterOptions,
  type ClusterOutput,
  type ClusterState,
  isNews,
} from "./cluster.ts";
import type { Machine, Tick } from "./machine.ts";
import {
  type PolicyInput,
  policyMachine,
  type PolicyOutput,
  type PolicyState,
  type Rules,
} from "./policy.ts";

export interface MonitorState {
  readonly cluster: ClusterState;
  readonly policy: PolicyState;
}

export type MonitorOutput = ClusterOutput | PolicyOutput;

export function monitorMachine(
  options: ClusterOptions,
  rules: Rules,
): Machine<MonitorState, ClusterInput, MonitorOutput> {
  const cluster = clusterMachine(options);
  const policy = policyMachine(rules);
  return {
    step(state, input, nowMs) {
      const [, seen] = cluster.step(state.cluster, input, nowMs);
      const outputs: MonitorOutput[] = [...seen];
      const tell = (policyInput: PolicyInput | Tick) =>
        outputs.push(...policy.step(state.policy, policyInput, nowMs)[1]);
      seen.flatMap((output) => policyInputs(state.cluster, output)).forEach(tell);
      // After all news of this step, so that what happened at once is told at once.
      if (policy.deadlineMs(state.policy) <= nowMs) tell({ kind: "tick" });
      return [state, outputs];
    },
    deadlineMs: (state) =>
      Math.min(cluster.deadlineMs(state.cluster), policy.deadlineMs(state.policy)),
  };
}

function policyInputs(cluster: ClusterState, output: ClusterOutput): PolicyInput[] {
  switch (output.kind) {
    case "transition": {
      if (!isNews(cluster, output)) return [];
      const name = cluster.nodes.get(output.node)?.name ?? output.node;
      return [{ kind: "news", transition: output, name }];
    }
    case "sight":
    case "removed":
      return [output];
    case "send_echo":
    case "rivals":
    case "nodes_full":
      return [];
  }
}
