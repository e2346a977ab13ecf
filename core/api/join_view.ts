/** How far a Pi is that joins the cluster by one line, as the API and the feed show it. */

/** The steps of a join, in their order. */
export const JOIN_STEPS = [
  /** Nobody has used the line. */
  "made",
  /** The Pi has the script. */
  "fetched",
  /** The packages are installed. */
  "installed",
  /** The Pi has its credential and its configuration. */
  "configured",
  /** The services were started. */
  "started",
  /** The hub hears the Pi. */
  "up",
  /** The line was used to take the Pi out of the cluster. */
  "removed",
] as const;
export type JoinStep = typeof JOIN_STEPS[number];

/** Why a join does not go on. */
export const JOIN_FAILURES = [
  /** Nobody used the line in time. */
  "expired",
  /** The script began, and did not finish in time. */
  "stalled",
  /** The script does not run as root. */
  "no_root",
  /** The system has no dpkg, no apt or no systemd. */
  "system",
  /** There are no programs for this processor. */
  "architecture",
  /** The hub has no package for this Pi, and none is installed. */
  "no_package",
  "download",
  /** A package arrived with another content. */
  "checksum",
  /** apt refused the packages. */
  "install",
  /** The configuration could not be fetched or written. */
  "configuration",
  /** systemd could not start the services. */
  "start",
  /** The services run, and the hub does not hear them. */
  "no_heartbeat",
  /** The line is for another Pi than the one to remove. */
  "other_id",
] as const;
export type JoinFailure = typeof JOIN_FAILURES[number];

/** One line for a Pi, without its secrets. Instants are RFC 3339. */
export interface JoinView {
  /** Identifies the line. It admits nobody. */
  readonly id: string;
  readonly node: string;
  readonly name: string;
  readonly step: JoinStep;
  readonly failure: JoinFailure | null;
  /** Until then the line can be used. */
  readonly until: string;
  /** The address that fetched the script last; `null` while nobody has. */
  readonly from: string | null;
}

/** The maximum number of lines in a list. */
export const JOINS_SHOWN_MAX = 40;
