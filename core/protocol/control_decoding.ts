/** Decodes the answers of Mosquitto's dynamic-security plugin. */

import * as v from "valibot";
import { type Decoded, parseObject, validate } from "./decoding.ts";

/** The answer to one command. */
export interface ControlReply {
  readonly command: string;
  /** The number that the command carried. */
  readonly request: string | undefined;
  /** Why the plugin did not do it; `undefined`: it did. */
  readonly error: string | undefined;
  /** The names that were asked for. */
  readonly names: readonly string[];
  /** How many names there are. */
  readonly total: number;
}

const TEXT_MAX = 200;
const text = v.pipe(v.string(), v.transform((value) => value.slice(0, TEXT_MAX)));
const reply = v.object({
  command: v.optional(text, ""),
  correlationData: v.optional(text),
  error: v.optional(text),
  data: v.optional(v.object({
    totalCount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    clients: v.optional(v.array(v.string())),
    roles: v.optional(v.array(v.string())),
  })),
});
const schema = v.object({ responses: v.array(reply) });

export function decodeReplies(payload: string): Decoded<readonly ControlReply[]> {
  const json = parseObject(payload);
  if (!json.ok) return json;
  const found = validate(schema, json.value);
  if (!found.ok) return found;
  const value = found.value.responses.map(({ command, correlationData, error, data }) => ({
    command,
    request: correlationData,
    error,
    names: data?.clients ?? data?.roles ?? [],
    total: data?.totalCount ?? 0,
  }));
  return { ok: true, value };
}
