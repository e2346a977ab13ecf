/** How many connections the hub takes, so that files are left for its database and its messages. */

/** What systemd's unit gives the hub. */
export const OPEN_FILES_WANTED = 16_384;
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

/** The page's files: 512 connections whose request is not whole, and 1,194 that are answered. */
const PAGE_FILES_MAX = 4096;
/** The stranger's connection, the one to the hub's own server, and that one's other end. */
const FILES_PER_JOINED = 3;
const STUCK_PER_ADDRESS_MAX = 16;

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

export interface PageBudget {
  /** Connections whose first request is not whole yet; each takes one file. */
  readonly waiting: HalfOpenLimits;
  /** Those with a request, which take three files each, and neither watch nor are logged in. */
  readonly strangers: HalfOpenLimits;
  /** Of them, those that have or take their answer: what they do not take, the system holds. */
  readonly answeredMax: number;
  /** Those that watch or are logged in, which give way to nobody. */
  readonly knownMax: number;
  /** Connections that were ended and whose other end keeps the system from closing them. */
  readonly stuckMax: number;
  readonly stuckPerAddressMax: number;
}

/** Whether the process may open so few files that it should be said. `undefined`: not known. */
export function isLowOnFiles(openFilesMax: number | undefined): boolean {
  return openFilesMax !== undefined && openFilesMax < OPEN_FILES_LOW;
}

/**
 * The embedded broker's share of the files that the process may open (`RLIMIT_NOFILE`, soft): five
 * eighths. The page has two, and one is never given away: it is for database and providers. Where the
 * limit is not known, it is taken for a high one.
 */
export function brokerBudget(openFilesMax: number = OPEN_FILES_WANTED): BrokerBudget {
  const share = Math.floor(openFilesMax * 5 / 8);
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

/** The page's share, which fits in a quarter of the files: see `brokerBudget`. */
export function pageBudget(openFilesMax: number = OPEN_FILES_WANTED): PageBudget {
  const share = Math.min(PAGE_FILES_MAX, Math.floor(openFilesMax / 4));
  const waitingMax = Math.max(1, Math.floor(share / 8));
  const joinedMax = Math.max(2, Math.floor((share - waitingMax) / FILES_PER_JOINED));
  const strangersMax = Math.ceil(joinedMax * 3 / 4);
  return {
    waiting: limitsOf(waitingMax),
    strangers: limitsOf(strangersMax),
    answeredMax: Math.ceil(strangersMax * 2 / 7),
    knownMax: joinedMax - strangersMax,
    stuckMax: Math.floor(share / 8),
    stuckPerAddressMax: Math.max(1, Math.min(STUCK_PER_ADDRESS_MAX, Math.floor(share / 48))),
  };
}

function limitsOf(overallMax: number): HalfOpenLimits {
  const perAddressMax = Math.ceil(overallMax / 2);
  return { overallMax, perAddressMax, patienceMs: HALF_OPEN_PATIENCE_MS };
}
