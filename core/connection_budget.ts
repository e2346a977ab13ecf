/** How many connections the hub takes, so that files are left for its database and its messages. */

/**
 * What systemd's unit gives the hub. It is also the last limit of the page's connections, of which
 * so many fit in the unit's `MemoryMax`.
 */
export const OPEN_FILES_WANTED = 12_288;
/** With fewer a crowd of strangers can keep healthy nodes out. */
const OPEN_FILES_LOW = 4096;

/** Logged in: an agent, a tracker and a doctor each of more nodes than one hub watches. */
const BROKER_CONNECTIONS_MAX = 5000;
/** Without CONNECT: 1,000 nodes that come back at once are below it, with an agent and a tracker each. */
const HALF_OPEN_MAX = 2048;
/** Of one address, which may be that of 1,000 nodes behind one router. */
const HALF_OPEN_PER_ADDRESS_MAX = 1024;
/** A healthy client says CONNECT at once, also over a mobile network. */
const HALF_OPEN_PATIENCE_MS = 2000;

/** Limits of connections that have not said who they are. */
export interface HalfOpenLimits {
  readonly overallMax: number;
  /** Beyond it those of this address that wait for longer than `patienceMs` are ended. */
  readonly perAddressMax: number;
  readonly patienceMs: number;
}

export interface BrokerBudget {
  /** All connections, logged in or not. */
  readonly connectionsMax: number;
  readonly halfOpen: HalfOpenLimits;
}

/** Whether the process may open so few files that it should be said. `undefined`: not known. */
export function isLowOnFiles(openFilesMax: number | undefined): boolean {
  return openFilesMax !== undefined && openFilesMax < OPEN_FILES_LOW;
}

/**
 * The embedded broker's share of the files that the process may open (`RLIMIT_NOFILE`, soft). A
 * quarter is never given away: it is for database, providers and page. Where the limit is not known,
 * it is taken for a high one.
 */
export function brokerBudget(openFilesMax: number = OPEN_FILES_WANTED): BrokerBudget {
  const share = Math.floor(openFilesMax * 3 / 4);
  const overallMax = Math.min(HALF_OPEN_MAX, Math.floor(share / 3));
  return {
    connectionsMax: Math.min(BROKER_CONNECTIONS_MAX + overallMax, share),
    halfOpen: {
      overallMax,
      perAddressMax: Math.min(HALF_OPEN_PER_ADDRESS_MAX, Math.ceil(overallMax / 2)),
      patienceMs: HALF_OPEN_PATIENCE_MS,
    },
  };
}
