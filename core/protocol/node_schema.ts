/** The schemas of what messages say by node. */

import * as v from "valibot";
import { NODE_ID_PATTERN } from "./wire.ts";

export const nodeId = v.pipe(
  v.string(),
  v.regex(NODE_ID_PATTERN, "expected an id of a-z, 0-9 and -"),
);

/** The entries of an object, because a record of valibot omits a node with the name `constructor`. */
export const entries = v.pipe(
  v.custom<object>((value) => typeof value === "object" && value !== null, "expected an object"),
  v.transform((value): unknown[] => Object.entries(value)),
);
