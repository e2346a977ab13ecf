/** Schemas of inputs. Their messages say what was expected. */

import * as v from "valibot";
import { parseRemotes } from "../../../core/config/value/remote.ts";
import { parseName, parseNodeId } from "../../../core/config/values.ts";
import { parseRfc3339 } from "../../../core/protocol/rfc3339.ts";
import { NODE_ID_PATTERN } from "../../../core/protocol/wire.ts";
import { formatDuration, parseDurationMs } from "../../../core/text/duration.ts";
import { bad, good, type Parsed } from "../../../core/text/parser.ts";

/** The longest silence or maintenance, because a person may forget it. */
const FOR_MS_MAX = 7 * 24 * 3_600_000;
const NUMBER = /^[1-9]\d{0,14}$/;

/** A body with only these keys. Otherwise the typing error `nod` would silence all nodes. */
export function bodyOf<Entries extends v.ObjectEntries>(entries: Entries) {
  const keys = Object.keys(entries);
  const known = keys.length > 0 ? `the keys ${keys.join(", ")}` : "no keys";
  return v.strictObject(entries, messageFor(entries, known, "a JSON object"));
}

/** A query with only these names. Otherwise the typing error `nod` would request all nodes. */
export function queryOf<Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries).join(", ") || "nothing";
  return v.strictObject(entries, messageFor(entries, known, "names and values"));
}

/** valibot reports a missing key as an issue of the object. This uses the message of the key's value. */
function messageFor(entries: v.ObjectEntries, known: string, whole: string) {
  return ({ expected, path }: v.StrictObjectIssue): string => {
    if (expected === "never") return known;
    const key = path?.[0]?.key;
    const entry = typeof key === "string" ? entries[key] : undefined;
    const message = entry !== undefined && "message" in entry ? entry.message : undefined;
    return typeof message === "string" ? message : whole;
  };
}

/** A text that `parse` decodes; `expected`: the message for other types. */
function parsed<Value>(
  expected: string,
  parse: (text: string) => Parsed<Value>,
  description: Readonly<Record<string, unknown>> = {},
) {
  return v.pipe(
    v.string(expected),
    v.metadata(description),
    v.rawTransform<string, Value>(({ dataset, addIssue, NEVER }) => {
      const result = parse(dataset.value);
      if (result.ok) return result.value;
      addIssue({ message: result.expected });
      return NEVER;
    }),
  );
}

/** The same for a `parse` that does not say what it expects. */
function known<Value>(
  expected: string,
  parse: (text: string) => Value | undefined,
  description?: Readonly<Record<string, unknown>>,
) {
  return parsed(expected, (text) => {
    const value = parse(text);
    return value === undefined ? bad(expected) : good(value);
  }, description);
}

export function choiceOf<const Choices extends readonly string[]>(choices: Choices) {
  return v.picklist(choices, `one of ${choices.join(", ")}`);
}

export const numberFromOne = known(
  "a whole number from 1 on",
  (text) => NUMBER.test(text) ? Number(text) : undefined,
  { type: "integer", minimum: 1, maximum: 999_999_999_999_999 },
);

/** Decoded to milliseconds since 1970. */
export const instantMs = known(
  "an instant such as 2026-11-22T14:02:16Z",
  parseRfc3339,
  { format: "date-time", examples: ["2026-11-22T14:02:16Z"] },
);

export const flag = v.pipe(choiceOf(["0", "1"]), v.transform((text) => text === "1"));

function nodeIdAs(expected: string) {
  return v.pipe(v.string(expected), v.regex(NODE_ID_PATTERN, expected));
}
export const nodeInQuery = nodeIdAs("a node's id");
/** `null` or absent: all nodes. */
export const nodeOrAll = v.pipe(
  v.nullish(nodeIdAs("a node's id, or none for all")),
  v.description("null, or left out: all."),
);
/** Any text, because an unknown node is answered by `not_found`. */
export const nodeToTest = v.string("a node's id");

/** Decoded to milliseconds. */
export const silenceMs = known(
  `a duration such as 20m, at most ${formatDuration(FOR_MS_MAX)}`,
  (text) => {
    const forMs = parseDurationMs(text);
    return forMs !== undefined && forMs <= FOR_MS_MAX ? forMs : undefined;
  },
  { description: "A duration, at most 168h; 0s ends it.", examples: ["20m"] },
);

/** A name from a person; `null` or absent: no name. */
export const nameOrNone = v.nullish(
  parsed(
    "a name, or null",
    (text) => text.isWellFormed() ? parseName(text.trim()) : bad("a name, or null"),
    { examples: ["Attic"] },
  ),
);

/** Links from a person, as in `[node] remote`; `null`: the node's own ones. */
export const linksOrOwn = v.nullable(
  parsed("links as in [node] remote, or null", parseRemotes, {
    examples: ["Connect: https://connect.raspberrypi.com/devices, ssh://alice@john-snow.local"],
  }),
);

export const newNodeId = parsed(
  "1 to 63 lower-case letters, digits and hyphens",
  parseNodeId,
  { pattern: NODE_ID_PATTERN.source },
);
export const yesOrNo = v.nullish(v.boolean("true or false"), false);
/** `null` or absent: as it is. */
export const yesNoOrUnchanged = v.pipe(
  v.nullish(v.boolean("true or false")),
  v.description("Whether the node takes upgrades from its hub; null, or left out: as before."),
);
