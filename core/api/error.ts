/** The body of an error of the API. The hub writes it; the page and the commands read it. */

/** For programs. Later versions may add codes. */
export const API_ERROR_CODES = [
  "bad_request",
  "unauthorized",
  "foreign_origin",
  "not_found",
  "method_not_allowed",
  /** The node has a credential already. */
  "exists",
  /** There are too many credentials. */
  "full",
  "too_large",
  "unsupported_media_type",
  /** A WebSocket was expected. */
  "upgrade_required",
  /** Too many wrong passwords, or the same action a moment ago. `Retry-After` says how long to wait. */
  "too_many_attempts",
  "too_many_viewers",
  /** The line for a Pi was used already, or is too old. */
  "gone",
  /** Too much of this is under way. `Retry-After` says how long to wait. */
  "busy",
  /** The hub answers such a request by TLS alone. */
  "tls_required",
  /** The node takes no upgrades from its hub. */
  "updates_off",
  /** The node must be up for this. */
  "not_up",
  /** The hub has no newer version for the node. */
  "up_to_date",
  /** The hub has no TLS, without which it gives nothing to install. */
  "no_tls",
  /** The hub has no connection to the broker. */
  "blind",
  /** The hub's disk does not answer, so that nothing can be written now. */
  "no_disk",
  /** Mosquitto's plugin did not take a credential. */
  "broker",
  "internal",
] as const;

export type ApiErrorCode = typeof API_ERROR_CODES[number];

export interface ApiError {
  readonly code: ApiErrorCode;
  /** In English, for people and logs. The page makes its own text of the code. */
  readonly message: string;
  /** With `bad_request`: the key of the body or query that is wrong. Absent: another part is. */
  readonly field?: string;
}

/** The body of every answer of the API from status 400 on. */
export interface ApiErrorBody {
  readonly error: ApiError;
}

/**
 * Reads the body of an answer, which may come from a proxy or from a hub of another version.
 * Missing or unknown fields are absent in the result.
 */
export function apiErrorIn(body: unknown): Partial<ApiError> {
  const error = property(body, "error");
  const [code, message, field] = [
    API_ERROR_CODES.find((known) => known === property(error, "code")),
    property(error, "message"),
    property(error, "field"),
  ];
  return {
    ...(code === undefined ? {} : { code }),
    ...(typeof message === "string" ? { message } : {}),
    ...(typeof field === "string" ? { field } : {}),
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;
}
