/** One operation of the API: from it come its guards, its checks and its part of the OpenAPI document. */

import type * as v from "valibot";
import type { ApiErrorCode } from "../../../core/api/error.ts";
import type { FailureStatus } from "../answer.ts";

/** `viewer`: guests too, where the owner shows the cluster to everybody. */
export type Access = "anyone" | "viewer" | "operator";

export type Tag = "Cluster" | "Nodes" | "History" | "Actions" | "Access" | "Programs";

/** A JSON object, or the query, with known keys. */
export type InputSchema = v.StrictObjectSchema<
  v.ObjectEntries,
  v.ErrorMessage<v.StrictObjectIssue> | undefined
>;

/** What it answers when all is well. */
export interface Answer {
  readonly description: string;
  /** Of a JSON answer: one of `COMPONENTS`. */
  readonly schema?: v.GenericSchema;
  /** Of any other answer. */
  readonly contentType?: string;
  /** 200 where it is left out. */
  readonly status?: 200 | 101;
  readonly example?: unknown;
}

/** What it answers when something is not, beside what each operation with its access and input does. */
export interface Failure {
  readonly status: FailureStatus;
  /** What the error's `code` says; `undefined`: the answer is plain text. */
  readonly code: ApiErrorCode | undefined;
  readonly description: string;
}

export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** As Hono writes it, such as `/api/v1/nodes/:id`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly query?: InputSchema;
  readonly body?: v.GenericSchema;
  readonly bodyExample?: unknown;
  readonly answer: Answer;
  /** Long answers are compressed; see `compression.ts` for what must not be. */
  readonly isCompressed?: true;
  readonly failures?: readonly Failure[];
}
