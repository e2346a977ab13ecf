/**
 * All nodes as one observer sees them. Tracker and hub use the same machine, which turns messages
 * and deadlines into transitions.
 */

import type { Machine, Tick } from "../machine.ts";
import type { Echo } from "../protocol/wire.ts";
import type { ClusterInput, ClusterOptions, ClusterOutput, ClusterState } from "./cluster_state.ts";
import { ClusterStep } from "./cluster_step.ts";
import { takeEvidence } from "./evidence.ts";
import { takeHear } from "./hearing.ts";
import { remove, rename } from "./membership.ts";
import { passNetwork, takeNetworkLink, takeProbed } from "./network_watch.ts";
import { clusterDeadlineMs, noticeStall, takeEcho, takeLink, takeTick } from "./visibility.ts";

export function clusterMachine(
  options: ClusterOptions,
): Machine<ClusterState, ClusterInput, ClusterOutput> {
  return {
    step(state, input, nowMs) {
      const { lastStepMs } = state;
      const step = new ClusterStep(state, options, nowMs);
      noticeStall(step, lastStepMs);
      take(step, input);
      passNetwork(step);
      return [state, step.outputs];
    },
    deadlineMs: (state) => clusterDeadlineMs(state, options),
  };
}

function take(step: ClusterStep, input: ClusterInput | Tick): void {
  switch (input.kind) {
    case "evidence":
      return takeEvidence(step, input);
    case "echo":
      if (isOwn(input, step.options)) takeEcho(step, input);
      return;
    case "link":
      return takeLink(step, input);
    case "network_link":
      return takeNetworkLink(step, input.up);
    case "probed":
      return takeProbed(step, input);
    case "revoked":
      step.state.revoked.add(input.node);
      return remove(step, input.node);
    case "forgotten":
      return remove(step, input.node);
    case "renamed":
      return rename(step, input.node, input.name);
    case "enrolled":
      step.state.revoked.delete(input.node);
      return;
    case "tick":
      return takeTick(step);
    case "hear":
      return takeHear(step, input);
    case "hub_status":
    case "hub_view":
    case "alarm":
    case "alarm_test":
    case "ignored":
      return;
  }
}

/** Only an echo from the observer's own topic proves that its own path works. */
function isOwn({ node, observer }: Echo, options: ClusterOptions): boolean {
  return observer === options.observer && node === options.self;
}
