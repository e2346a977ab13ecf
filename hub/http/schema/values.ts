/** Schemas of single values in answers. */

import * as v from "valibot";
import { NODE_ID_PATTERN } from "../../../core/protocol/wire.ts";

export const instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  v.description("RFC 3339, in UTC, with milliseconds."),
);
export const instantOrNull = v.nullable(instant);

export const nodeId = v.pipe(
  v.string(),
  v.regex(NODE_ID_PATTERN),
  v.description("A topic level, an MQTT user name, a part of a URL."),
);
export const nodeIdOrNull = v.nullable(nodeId);

/** The id of a row, or a count. */
export const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
export const textOrNull = v.nullable(v.string());

export const liveness = v.pipe(
  v.picklist(["unknown", "alive", "suspect", "dead", "left"]),
  v.description("The page and messages call them unknown, up, late, down, stopped."),
);
