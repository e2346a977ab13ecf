/** The description of an operation: its guards, its checks and its part of the OpenAPI document. */

import type * as v from "valibot";
import type { ApiErrorCode } from "../../../core/api/error.ts";
import type { FailureStatus } from "../answer.ts";

/** `viewer`: includes guests if the page is public. */
export type Access = "anyone" | "viewer" | "operator";

export type Tag = "Cluster" | "Nodes" | "History" | "Actions" | "Access" | "Programs";

/** A JSON object, or the query, with known keys. */
export type InputSchema = v.StrictObjectSchema<
  v.ObjectEntries,
  v.ErrorMessage<v.StrictObjectIssue> | undefined
>;

/** The answer of a successful request. */
export interface Answer {
  readonly description: string;
  /** The schema of a JSON answer: one of `COMPONENTS`. */
  readonly schema?: v.GenericSchema;
  /** The type of another answer. */
  readonly contentType?: string;
  /** Default: 200. */
  readonly status?: 200 | 101;
  readonly example?: unknown;
}

/** A failure besides those of all operations with this access and input. */
export interface Failure {
  readonly status: FailureStatus;
  /** The code of the error; `undefined`: the answer is plain text. */
  readonly code: ApiErrorCode | undefined;
  readonly description: string;
}

export interface Operation {
  readonly id: string;
  readonly method: "get" | "post" | "delete";
  /** In Hono's format, such as `/api/v1/nodes/:id`. */
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
