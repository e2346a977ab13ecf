/** The errors that follow from the access and the input of an operation. */

import type { Failure, Operation } from "./operation.ts";

/** A failure that many operations share, with its name in the document. */
export interface CommonFailure extends Failure {
  readonly name: string;
}

const BAD_REQUEST: CommonFailure = {
  name: "BadRequest",
  status: 400,
  code: "bad_request",
  description: "Something is wrong with the request: where, what was expected, what was found.",
};
const UNAUTHORIZED: CommonFailure = {
  name: "Unauthorized",
  status: 401,
  code: "unauthorized",
  description: "Log in, or send the password as Bearer token.",
};
const FOREIGN: CommonFailure = {
  name: "ForeignOrigin",
  status: 403,
  code: "foreign_origin",
  description: "A page that is not the hub's own asks.",
};
const TOO_LARGE: CommonFailure = {
  name: "TooLarge",
  status: 413,
  code: "too_large",
  description: "The body is longer than 4096 bytes.",
};
const NOT_JSON: CommonFailure = {
  name: "NotJson",
  status: 415,
  code: "unsupported_media_type",
  description: "Content-Type: expected application/json.",
};
const TOO_MANY: CommonFailure = {
  name: "TooManyAttempts",
  status: 429,
  code: "too_many_attempts",
  description: "Too many wrong passwords at once: try again later.",
};
const INTERNAL: CommonFailure = {
  name: "Internal",
  status: 500,
  code: "internal",
  description: "The hub could not answer: its log says why.",
};

export const COMMON_FAILURES: readonly CommonFailure[] = [
  BAD_REQUEST,
  UNAUTHORIZED,
  FOREIGN,
  TOO_LARGE,
  NOT_JSON,
  TOO_MANY,
  INTERNAL,
];

/** An operation's failures by their status, lowest first. */
export function failuresOf(
  operation: Operation,
): ReadonlyMap<number, readonly (Failure | CommonFailure)[]> {
  const { access, method, query, body, failures = [] } = operation;
  const isGuarded = access !== "anyone";
  const common = [
    ...(query === undefined && body === undefined ? [] : [BAD_REQUEST]),
    ...(isGuarded ? [UNAUTHORIZED, TOO_MANY] : []),
    ...(method === "get" ? [] : [FOREIGN]),
    ...(body === undefined ? [] : [TOO_LARGE]),
    ...(isGuarded && method === "post" ? [NOT_JSON] : []),
    INTERNAL,
  ];
  const all = [...common, ...failures].toSorted((a, b) => a.status - b.status);
  return Map.groupBy(all, ({ status }) => status);
}
