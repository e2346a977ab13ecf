/** The API's view of the browsers that are logged in. */

/** A session, for its owner. Instants are RFC 3339. */
export interface SessionView {
  readonly id: number;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly address: string;
  /** The browser's description of itself. */
  readonly agent: string;
  /** Whether this session made the request. */
  readonly current: boolean;
}
