/** How strangers' text becomes a typed value, or a reason why not. */

import * as v from "valibot";
import { PAYLOAD_MAX } from "./wire.ts";

/** A reason is for one line of a log. */
const REASON_LENGTH_MAX = 200;

/** A value, or why there is none: where, what was expected, what was found. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

/** The JSON object that a payload has to be. */
export function parseObject(payload: string): Decoded<object> {
  if (payload.length > PAYLOAD_MAX) {
    return { ok: false, reason: `payload: expected at most ${PAYLOAD_MAX} bytes, found more` };
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

/** What the schema makes of a value; the first thing that is wrong is the reason. */
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
