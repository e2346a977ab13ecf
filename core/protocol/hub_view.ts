/**
 * The hub's view of the cluster: which nodes are not well. A tracker of a large cluster hears this
 * in place of every heartbeat.
 */

import type { StorageFault } from "./storage.ts";

export const LISTED_LIVENESS = ["dead", "suspect", "unknown", "alive"] as const;

/** A node that is not well, in the words of the hub. */
export interface ListedNode {
  /** `alive` only together with a fault of the storage. */
  readonly liveness: typeof LISTED_LIVENESS[number];
  /** How long the node had been in this state when the view was published, in ms. */
  readonly forMs: number;
  /** Whether people are alerted about it. Otherwise it may be away on purpose. */
  readonly isAlertable: boolean;
  /** The fault of its storage, if there is one. */
  readonly fault: StorageFault | undefined;
}

export interface HubView {
  readonly kind: "hub_view";
  /** The hub's run, as in its status and its echoes. */
  readonly session: string;
  /** Counts the views of a session. The hub's echoes repeat the number of the latest one. */
  readonly number: number;
  /** The hub cannot trust its own view now. */
  readonly blind: boolean;
  /** The number of all nodes that the hub watches. */
  readonly nodes: number;
  /** By id. A node that left on purpose is not listed. */
  readonly listed: ReadonlyMap<string, ListedNode>;
  /** The number of further nodes that are not well and have no place in the message. */
  readonly unlisted: number;
  /** The broker kept it from before. */
  readonly retained: boolean;
}
