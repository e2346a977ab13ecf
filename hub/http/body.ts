/** What a request's body says: a JSON object with known keys, or what is wrong with it. */

import type { Context } from "hono";
import { failure } from "./answer.ts";

/** What was found is repeated at most so far. */
const FOUND_LENGTH_MAX = 60;

/** A value that was understood, or why not: where, expected what, found what. */
export type JsonRequest<T> =
  | { readonly kind: "good"; readonly value: T }
  | { readonly kind: "bad"; readonly message: string };

export type Fields = ReadonlyMap<string, unknown>;

/** Reads the body. Unknown keys are mistakes here: `nod` would else silence all. */
export async function readFields(
  context: Context,
  keys: readonly string[],
): Promise<JsonRequest<Fields>> {
  const body: unknown = await context.req.json().catch(() => undefined);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return bad("body", "a JSON object", body);
  }
  const fields = new Map<string, unknown>(Object.entries(body));
  const strange = [...fields.keys()].find((key) => !keys.includes(key));
  if (strange === undefined) return { kind: "good", value: fields };
  return bad("body", keys.length > 0 ? `the keys ${keys.join(", ")}` : "no keys", strange);
}

export function bad(where: string, expected: string, value: unknown): JsonRequest<never> {
  return { kind: "bad", message: mistake(where, expected, value) };
}

/** Where, expected what, found what. */
export function mistake(where: string, expected: string, value: unknown): string {
  const found = (JSON.stringify(value) ?? "nothing").slice(0, FOUND_LENGTH_MAX);
  return `${where}: expected ${expected}, found ${found}`;
}

export function badRequest(context: Context, message: string): Response {
  return failure(context, 400, { code: "bad_request", message });
}
