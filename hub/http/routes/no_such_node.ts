/** The answer to a request about an unknown node, with the node that was probably meant. */

import type { Context } from "hono";
import { closestNode, type Nameable } from "../../../core/text/spelling.ts";
import { failure } from "../answer.ts";
import type { Failure } from "../api/operation.ts";

/** The failure in the API's document. */
export const NO_SUCH_NODE: Failure = {
  status: 404,
  code: "not_found",
  description: "The hub does not know the node.",
};

/** The maximum length of an unknown id in an error. */
const FOUND_LENGTH_MAX = 60;

/** The nodes that may have been meant. */
export interface KnownNodes {
  nodes(): readonly Nameable[];
}

export function noSuchNode(context: Context, id: string, known: KnownNodes): Response {
  const message = `There is no Pi with the id ${JSON.stringify(id.slice(0, FOUND_LENGTH_MAX))}${
    didYouMean(id, known)
  }`;
  return failure(context, 404, { code: "not_found", message });
}

/** A question to append to an error; empty if no node is similar. */
export function didYouMean(text: unknown, known: KnownNodes): string {
  const near = typeof text === "string" ? closestNode(text, known.nodes()) : undefined;
  return near === undefined ? "" : `. Did you mean ${near}?`;
}
