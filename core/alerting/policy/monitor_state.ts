import type { ClusterState } from "../../detection/cluster_state.ts";
import type { PolicyState } from "./policy_state.ts";
/** What the hub's machine remembers. */

export interface MonitorState {
  readonly cluster: ClusterState;
  readonly policy: PolicyState;
}
