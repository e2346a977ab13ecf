/** The answer to a question about a node that the hub does not know, with the one that was meant. */

import type { Context } from "hono";
import { closestNode, type Nameable } from "../../../core/text/spelling.ts";
import { failure } from "../answer.ts";
import type { Failure } from "../api/operation.ts";

/** As the API's document describes it. */
export const NO_SUCH_NODE: Failure = {
  status: 404,
  code: "not_found",
  description: "The hub does not know the node.",
};

/** What was found is repeated at most so far. */
const FOUND_LENGTH_MAX = 60;

/** Whose nodes may have been meant. */
export interface KnownNodes {
  nodes(): readonly Nameable[];
}

export function noSuchNode(context: Context, id: string, known: KnownNodes): Response {
  const message = `There is no Pi with the id ${JSON.stringify(id.slice(0, FOUND_LENGTH_MAX))}${
    didYouMean(id, known)
  }`;
  return failure(context, 404, { code: "not_found", message });
}

/** A question to be appended to what is wrong, or nothing where no node is meant. */
export function didYouMean(text: unknown, known: KnownNodes): string {
  const near = typeof text === "string" ? closestNode(text, known.nodes()) : undefined;
  return near === undefined ? "" : `. Did you mean ${near}?`;
}
