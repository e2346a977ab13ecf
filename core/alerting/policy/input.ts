/** The inputs of the policy. */

import type { Transition } from "../../detection/node_state.ts";
import type { FaultSubject } from "../alert.ts";
import type { Cause } from "../cause.ts";

/** A change of liveness, with the name that people know the node by. */
export interface LivenessInput {
  readonly kind: "news";
  readonly transition: Transition;
  readonly name: string;
}

/** A node came back with another boot id and had not said farewell. */
export interface RebootInput {
  readonly kind: "rebooted";
  readonly node: string;
  readonly name: string;
  readonly atMs: number;
  readonly lastHeardMs: number | undefined;
}

/** Why something is wrong; empty where it is well again. */
export type InputCause = Cause | "";

/** What the hub itself can see. */
export interface VisibilityInput {
  readonly kind: "sight";
  /** What it cannot see, or sees again; the hub is blind for one thing at a time. */
  readonly of: "broker" | "network";
  readonly blind: boolean;
  readonly atMs: number;
  readonly cause: InputCause;
  /** It was blind for no other reason than that it did not run. */
  readonly isAfterStall: boolean;
}

/** A provider can no longer be reached, or can again. */
export interface ProviderHealthInput {
  readonly kind: "uplink";
  readonly channel: string;
  readonly up: boolean;
  readonly cause: InputCause;
  /** Since when it is so. */
  readonly sinceMs: number;
}

/** Something of a node that lives, or of the hub itself, does not work, or works again. */
export interface FaultInput {
  readonly kind: "fault";
  readonly subject: Extract<FaultSubject, { readonly kind: "vital" | "hub" }>;
  /** Of the node; empty where it concerns none. */
  readonly name: string;
  readonly isWrong: boolean;
  readonly cause: InputCause;
  /** Since when it is so. */
  readonly sinceMs: number;
  /** Its end is no news: it is over as soon as everybody has heard of it. */
  readonly endsQuietly?: boolean;
}

/** What a person asks for. No node means all. */
export type ActionInput =
  | {
    readonly kind: "acknowledge";
    readonly node: string | undefined;
    /** The key of a subject (`subjectKey`): only its incident. */
    readonly subject?: string;
  }
  /** An end in the past ends it. */
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
