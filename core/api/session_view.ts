/** What the API answers of the browsers that are logged in. */

/** A session as its owner sees it. Instants are RFC 3339. */
export interface SessionView {
  readonly id: number;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly address: string;
  /** What the browser says of itself. */
  readonly agent: string;
  /** The one that asks. */
  readonly current: boolean;
}
