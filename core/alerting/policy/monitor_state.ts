import type { ClusterState } from "../../detection/cluster_state.ts";
import type { PolicyState } from "./policy_state.ts";
/** The state of the hub's machine. */

export interface MonitorState {
  readonly cluster: ClusterState;
  readonly policy: PolicyState;
}
