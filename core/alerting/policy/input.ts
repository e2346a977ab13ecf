/** The inputs of the policy. */

import type { Transition } from "../../detection/node_state.ts";
import type { FaultSubject } from "../alert.ts";
import type { Cause } from "../cause.ts";

/** A change of liveness, with the node's displayed name. */
export interface LivenessInput {
  readonly kind: "news";
  readonly transition: Transition;
  readonly name: string;
}

/** A node came back with another boot id and had not announced its stop. */
export interface RebootInput {
  readonly kind: "rebooted";
  readonly node: string;
  readonly name: string;
  readonly atMs: number;
  readonly lastHeardMs: number | undefined;
}

/** Why something is wrong; empty if it works again. */
export type InputCause = Cause | "";

/** A change in what the hub itself can see. */
export interface VisibilityInput {
  readonly kind: "sight";
  /** The connection that was lost or is back. The hub is blind for one reason at a time. */
  readonly of: "broker" | "network";
  readonly blind: boolean;
  readonly atMs: number;
  readonly cause: InputCause;
  /** The only reason for its blindness was that it did not run. */
  readonly isAfterStall: boolean;
}

/** A provider became unreachable, or can be reached again. */
export interface ProviderHealthInput {
  readonly kind: "uplink";
  readonly channel: string;
  readonly up: boolean;
  readonly cause: InputCause;
  /** The instant of the change. */
  readonly sinceMs: number;
}

/** A part of a living node, or of the hub itself, fails or works again. */
export interface FaultInput {
  readonly kind: "fault";
  readonly subject: Extract<FaultSubject, { readonly kind: "vital" | "hub" }>;
  /** The name of the node; empty if the fault concerns no node. */
  readonly name: string;
  readonly isWrong: boolean;
  readonly cause: InputCause;
  /** The instant of the change. */
  readonly sinceMs: number;
  /** Its end is not reported. It is over as soon as everybody was notified of it. */
  readonly endsQuietly?: boolean;
}

/** A request of a person. Without a node it concerns all. */
export type ActionInput =
  | {
    readonly kind: "acknowledge";
    readonly node: string | undefined;
    /** The key of a subject (`subjectKey`), to choose only its incident. */
    readonly subject?: string;
  }
  /** An instant in the past ends the maintenance. */
  | { readonly kind: "maintain"; readonly node: string | undefined; readonly untilMs: number };

export type PolicyInput =
  | LivenessInput
  | RebootInput
  | VisibilityInput
  | ProviderHealthInput
  | FaultInput
  | ActionInput
  | { readonly kind: "removed"; readonly node: string; readonly atMs: number }
  | { readonly kind: "renamed"; readonly node: string; readonly name: string };
