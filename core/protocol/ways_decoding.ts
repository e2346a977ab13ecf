/** Decodes the ways of a node from the network. */

import * as v from "valibot";
import { formatRfc3339, parseRfc3339 } from "./rfc3339.ts";
import { type Way, WAY_NAMES, WAY_STATES, WAY_WARNINGS, type Ways } from "./ways.ts";

/** A name of at most 253 characters in lower case, which needs no quotes in a shell. */
const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62})){0,9}$/;
const INSTANT_LENGTH_MAX = 40;
const PORT_MAX = 65_535;

/** An unknown state or warning of a newer agent becomes one that claims nothing. */
const way = v.object({
  state: v.fallback(v.picklist(WAY_STATES), "unknown"),
  port: optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(PORT_MAX))),
  host: optional(v.pipe(v.string(), v.regex(HOST))),
  expires_at: optional(v.pipe(
    v.string(),
    v.maxLength(INSTANT_LENGTH_MAX),
    v.transform(parseRfc3339),
    v.number(),
    v.transform(formatRfc3339),
  )),
  warning: optional(v.picklist(WAY_WARNINGS)),
});

/** An invalid value counts as absent. */
function optional<Schema extends v.GenericSchema>(schema: Schema) {
  return v.fallback(v.optional(schema), undefined);
}

/**
 * Decodes the value of `ways`; `undefined` if it is no object. Never fails, because the vitals beside
 * it are valid without it. What is not a way is ignored.
 */
export function decodeWays(value: unknown): Ways | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
  const ways = WAY_NAMES.flatMap((name) => {
    const found = v.safeParse(way, given.get(name));
    return found.success ? [[name, withoutAbsent(found.output)] as const] : [];
  });
  return Object.fromEntries(ways);
}

function withoutAbsent({ state, port, host, expires_at, warning }: v.InferOutput<typeof way>): Way {
  return {
    state,
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(expires_at === undefined ? {} : { expires_at }),
    ...(warning === undefined ? {} : { warning }),
  };
}
