/**
 * The content of a message: an alert of one or more items. All instants are on one clock, in ms.
 */

import type { Cause } from "./cause.ts";

/** The fact that an incident is about. */
export type Subject =
  | { readonly kind: "node"; readonly node: string }
  /** A node that dies and comes back repeatedly. */
  | { readonly kind: "flapping"; readonly node: string }
  /** A node that came back with another boot id and had not announced its stop. */
  | { readonly kind: "reboot"; readonly node: string }
  /** The hub cannot see the broker, so it does not know the state of any node. */
  | { readonly kind: "broker" }
  /** A channel's provider cannot be reached. */
  | { readonly kind: "uplink"; readonly channel: string }
  | FaultSubject;

/** Faults that are possible while nodes and broker are well. */
export type FaultSubject =
  /** This machine's own network is down, so the hub does not know the state of any node. */
  | { readonly kind: "network" }
  /**
   * Something about a living node: its storage fails, which is as bad as a death
   * (`STORAGE_VITAL`), or a way to it will end (`ACCESS_VITAL`).
   */
  | { readonly kind: "vital"; readonly node: string; readonly vital: string }
  /** A part of the hub itself does not work, e.g. it cannot write its history. */
  | { readonly kind: "hub"; readonly fault: string };

export const STORAGE_VITAL = "storage";
export const ACCESS_VITAL = "access";

/** Whether the subject is a node that does not do its work: it is dead, or lives without storage. */
export function isOutage(
  subject: Subject,
): subject is Extract<Subject, { readonly kind: "node" | "vital" }> {
  return subject.kind === "node" || (subject.kind === "vital" && subject.vital === STORAGE_VITAL);
}

/** A unique text for each subject: `node john-snow`, `broker`, `uplink twilio`, `hub storage`. */
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
  /** It is in another network than the hub. The hub only knows that it cannot reach the node. */
  readonly isElsewhere?: boolean;
}

/** A reminder: these people were notified of the death earlier, and the node is still down. */
export interface StillDownItem extends Death {
  readonly kind: "still_down";
}

/** The end of a death. */
export interface RecoveredItem extends Death {
  readonly kind: "recovered";
  readonly recoveredAtMs: number;
  /** Whether the node runs again, or came back and was then stopped by its owner. */
  readonly now: "alive" | "left";
  /** It came back with another boot id and had not announced its stop. */
  readonly rebooted: boolean;
  /** False if no message about the death was sent, so this message reports both. */
  readonly wasTold: boolean;
}

/** The node was not dead long enough to count, but it lost its power or crashed. */
export interface RebootedItem extends AboutNode {
  readonly kind: "rebooted";
  readonly lastHeardMs: number | undefined;
  readonly backAtMs: number;
}

/** From now on no message is sent about this node until it is stable again. */
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
  /** The instant when this state began. */
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

/** A fault that is neither a death nor a lost connection. */
export interface FaultItem {
  readonly kind: "fault";
  readonly subject: FaultSubject;
  /** The name of the node; empty if the fault concerns no node. */
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

/** The common cause of most deaths in an alert, which makes them one incident. */
export interface CommonCause {
  /** The group of `[cluster] groups` that died as a whole, or `undefined` for most of the cluster. */
  readonly group: string | undefined;
  readonly nodes: readonly string[];
  /** The number of nodes in the group, or the cluster, that were alive before. */
  readonly of: number;
  /** All of them are in another network than the hub, so perhaps only the path to it is cut. */
  readonly isElsewhere?: boolean;
}

/** The content of one message to the people of one route. */
export interface Alert {
  readonly kind: "alert";
  /** The name of the route, and the channel that was chosen from it. */
  readonly route: string;
  readonly channel: string;
  /** Never empty. */
  readonly items: readonly AlertItem[];
  readonly common: CommonCause | undefined;
  /** When the alert was decided. */
  readonly atMs: number;
}
