/** How text from the network becomes a typed value, or a reason why not. */

import * as v from "valibot";
import { PAYLOAD_MAX } from "./wire.ts";

/** A reason fits into one line of a log. */
const REASON_LENGTH_MAX = 200;
/** A reason repeats at most this much of what was found. */
const FOUND_LENGTH_MAX = 60;

/** A value, or the reason for its absence: where, what was expected, what was found. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | {
    readonly ok: false;
    readonly reason: string;
    /** The key whose value is wrong. Absent: the whole value is, or it is not known. */
    readonly field?: string;
  };

/** Parses a payload, which must be a JSON object. */
export function parseObject(payload: string, lengthMax = PAYLOAD_MAX): Decoded<object> {
  if (payload.length > lengthMax) {
    return { ok: false, reason: `payload: expected at most ${lengthMax} bytes, found more` };
  }
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    return { ok: false, reason: "payload: expected JSON, found something else" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, reason: "payload: expected a JSON object, found another JSON value" };
  }
  return { ok: true, value };
}

/** Validates a value by a schema. The first issue is the reason. */
export function validate<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Decoded<v.InferOutput<Schema>> {
  const found = v.safeParse(schema, value, { abortEarly: true });
  if (found.success) return { ok: true, value: found.output };
  const [issue] = found.issues;
  const where = v.getDotPath(issue) ?? "payload";
  return { ok: false, reason: `${where}: ${issue.message}`.slice(0, REASON_LENGTH_MAX) };
}

export interface DecodeOptions {
  /** The name of the whole value, for issues of the value as a whole. */
  readonly whole: string;
  /** Text that is appended to the reason, e.g. a suggestion. */
  readonly hint?: (where: string, found: unknown) => string;
}

/**
 * Like `validate`, for schemas whose messages only say what was expected. The reason adds the place
 * and what was found there. An unknown key is reported first.
 */
export function decode<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  { whole, hint }: DecodeOptions,
): Decoded<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, value);
  if (result.success) return { ok: true, value: result.output };
  const unknownKey = result.issues.find(isUnknownKey);
  const issue = unknownKey ?? result.issues[0];
  const field = (unknownKey === undefined ? v.getDotPath(issue) : null) ?? undefined;
  const where = field ?? whole;
  const reason = mistake(where, issue.message, issue.input) + (hint?.(where, issue.input) ?? "");
  return { ok: false, reason, ...(field === undefined ? {} : { field }) };
}

/** The text of one issue: where, what was expected, what was found. */
export function mistake(where: string, expected: string, found: unknown): string {
  const shown = typeof found === "string"
    ? JSON.stringify(found.slice(0, FOUND_LENGTH_MAX))
    : (JSON.stringify(found) ?? "nothing").slice(0, FOUND_LENGTH_MAX);
  return `${where}: expected ${expected}, found ${shown}`;
}

function isUnknownKey(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}
