/** What a message says: an alert of one or more items. All its instants are on one clock, in ms. */

import type { Cause } from "./cause.ts";

/** Which fact an incident is about. */
export type Subject =
  | { readonly kind: "node"; readonly node: string }
  /** A node that dies and comes back again and again. */
  | { readonly kind: "flapping"; readonly node: string }
  /** A node that came back with another boot id and had not said farewell. */
  | { readonly kind: "reboot"; readonly node: string }
  /** The hub cannot see the broker, so it knows of no node. */
  | { readonly kind: "broker" }
  /** A channel's provider cannot be reached. */
  | { readonly kind: "uplink"; readonly channel: string }
  | FaultSubject;

/** What can be wrong while nodes and broker may be well. */
export type FaultSubject =
  /** This machine's own network is out, so the hub can vouch for no node. */
  | { readonly kind: "network" }
  /** A vital sign of a node that lives is as bad as a death, e.g. `storage`. */
  | { readonly kind: "vital"; readonly node: string; readonly vital: string }
  /** Something of the hub itself does not work, e.g. its history cannot be written. */
  | { readonly kind: "hub"; readonly fault: string };

/** One text for each subject, to find it by: `node john-snow`, `broker`, `uplink twilio`, `hub storage`. */
export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case "node":
    case "flapping":
    case "reboot":
      return `${subject.kind} ${subject.node}`;
    case "uplink":
      return `${subject.kind} ${subject.channel}`;
    case "vital":
      return `${subject.kind} ${subject.node} ${subject.vital}`;
    case "hub":
      return `${subject.kind} ${subject.fault}`;
    case "broker":
    case "network":
      return subject.kind;
  }
}

interface AboutNode {
  readonly node: string;
  readonly name: string;
}

interface Death extends AboutNode {
  readonly diedAtMs: number;
  /** The last sign of life, or `undefined` when there was none since the observer started watching. */
  readonly lastHeardMs: number | undefined;
}

/** A death that a person should know of. */
export interface DownItem extends Death {
  readonly kind: "down";
  readonly cause: Cause;
  /** It stands in another network than the hub, which can only say that it cannot be reached. */
  readonly isElsewhere?: boolean;
}

/** These people were notified of it long ago, and it is still so. */
export interface StillDownItem extends Death {
  readonly kind: "still_down";
}

/** The end of a death. */
export interface RecoveredItem extends Death {
  readonly kind: "recovered";
  readonly recoveredAtMs: number;
  /** Whether the node runs again, or came back only to be stopped by its owner. */
  readonly now: "alive" | "left";
  /** It came back with another boot id and had not said farewell. */
  readonly rebooted: boolean;
  /** False when the message about the death never went out: this one tells of both. */
  readonly wasTold: boolean;
}

/** It never counted as dead for long, but somebody or something pulled its plug. */
export interface RebootedItem extends AboutNode {
  readonly kind: "rebooted";
  readonly lastHeardMs: number | undefined;
  readonly backAtMs: number;
}

/** From now on nothing is told of this node until it is stable again. */
export interface FlappingItem extends AboutNode {
  readonly kind: "flapping";
  readonly sinceMs: number;
  readonly changes: number;
}

export interface StableItem extends AboutNode {
  readonly kind: "stable";
  readonly flappedSinceMs: number;
  readonly changes: number;
  readonly now: "alive" | "left" | "dead";
  /** Since when it is so. */
  readonly sinceMs: number;
}

/** The hub cannot see the broker. */
export interface BlindItem {
  readonly kind: "blind";
  readonly sinceMs: number;
  readonly cause: Cause;
}

export interface VisibleItem {
  readonly kind: "sees";
  readonly sinceMs: number;
  readonly endedAtMs: number;
  readonly wasTold: boolean;
}

/** A provider cannot be reached, so its messages wait. */
export interface ProviderDownItem {
  readonly kind: "uplink_down";
  readonly channel: string;
  readonly sinceMs: number;
  readonly cause: Cause;
}

export interface ProviderBackItem {
  readonly kind: "uplink_back";
  readonly channel: string;
  readonly sinceMs: number;
  readonly endedAtMs: number;
}

/** Something is wrong that is neither a death nor a lost connection. */
export interface FaultItem {
  readonly kind: "fault";
  readonly subject: FaultSubject;
  /** Of the node; empty where it concerns none. */
  readonly name: string;
  readonly cause: Cause;
  readonly sinceMs: number;
}

export interface FaultOverItem {
  readonly kind: "fault_over";
  readonly subject: FaultSubject;
  readonly name: string;
  readonly cause: Cause;
  readonly sinceMs: number;
  readonly endedAtMs: number;
  readonly wasTold: boolean;
}

export type AlertItem =
  | DownItem
  | StillDownItem
  | RecoveredItem
  | RebootedItem
  | FlappingItem
  | StableItem
  | BlindItem
  | VisibleItem
  | ProviderDownItem
  | ProviderBackItem
  | FaultItem
  | FaultOverItem;

/** What most of the deaths of an alert have in common: they are one incident. */
export interface CommonCause {
  /** The group of `[cluster] groups` that died as a whole, or `undefined` for most of the cluster. */
  readonly group: string | undefined;
  readonly nodes: readonly string[];
  /** How many nodes the group, or the cluster, had alive before. */
  readonly of: number;
  /** All of them stand in another network than the hub: maybe only the way there is cut. */
  readonly isElsewhere?: boolean;
}

/** What one message tells to the people of one route. */
export interface Alert {
  readonly kind: "alert";
  /** The route's name, and the channel of it that was chosen. */
  readonly route: string;
  readonly channel: string;
  /** Never empty. */
  readonly items: readonly AlertItem[];
  readonly common: CommonCause | undefined;
  /** When the alert was decided. */
  readonly atMs: number;
}
