/**
 * How many connections the hub accepts, so that file descriptors remain for its database and
 * messages.
 */

/** The limit in the hub's systemd unit. */
export const OPEN_FILES_WANTED = 32_768;
/** With fewer files, many unknown clients can keep healthy nodes out. */
const OPEN_FILES_LOW = 4096;

/** Nodes at the embedded broker. With more, the hub has too little time for their verdicts. */
export const BROKER_NODES_MAX = 2000;
/** Connections that are logged in: agent and tracker of each node, and tools of their owner. */
const BROKER_CONNECTIONS_MAX = 5000;
/** Connections before CONNECT. 1,000 nodes whose agents and trackers reconnect at once stay below. */
const HALF_OPEN_MAX = 2048;
/** From one address, which may be that of 1,000 nodes behind one router. */
const HALF_OPEN_PER_ADDRESS_MAX = 1024;
/** A healthy client sends CONNECT at once, also over a mobile network. */
const HALF_OPEN_PATIENCE_MS = 2000;

/** For the page: 512 connections with an incomplete request, and 1,194 with an answer. */
const PAGE_FILES_MAX = 4096;
/** The client's connection and both ends of the connection to the hub's own server. */
const FILES_PER_JOINED = 3;
/** Both ends of the connection to Deno's own server for TLS. */
const FILES_OF_TLS = 2;
const STUCK_PER_ADDRESS_MAX = 16;

/** Limits of connections that are not yet identified. */
export interface HalfOpenLimits {
  readonly overallMax: number;
  /** Beyond this, connections of this address that wait for longer than `patienceMs` are closed. */
  readonly perAddressMax: number;
  readonly patienceMs: number;
}

export interface BrokerBudget {
  /** All connections, logged in or not. */
  readonly connectionsMax: number;
  readonly halfOpen: HalfOpenLimits;
  /** Users that are logged in at a time, beside the hub. */
  readonly nodesMax: number;
}

export interface PageBudget {
  /** Connections whose first request is incomplete. Each uses one file descriptor. */
  readonly waiting: HalfOpenLimits;
  /** Connections with a request that neither watch nor are logged in. Each uses three descriptors. */
  readonly unknown: HalfOpenLimits;
  /** The part of them that has or reads an answer. The kernel buffers what they do not read. */
  readonly answeredMax: number;
  /** Connections that watch or are logged in. They are never closed for others. */
  readonly knownMax: number;
  /** Closed connections that the system cannot release yet because of the other end. */
  readonly stuckMax: number;
  readonly stuckPerAddressMax: number;
}

/**
 * Whether the process has so few file descriptors that it is worth a warning. `undefined`: not
 * known.
 */
export function isLowOnFiles(openFilesMax: number | undefined): boolean {
  return openFilesMax !== undefined && openFilesMax < OPEN_FILES_LOW;
}

export interface BudgetOptions {
  /** All clients may use TLS. */
  readonly hasTls?: boolean;
}

/**
 * The embedded broker's share of the process's file descriptors (`RLIMIT_NOFILE`, soft): five
 * eighths. The page has two eighths. The last eighth is reserved for database and providers. An
 * unknown limit counts as a high one.
 */
export function brokerBudget(
  openFilesMax: number = OPEN_FILES_WANTED,
  { hasTls = false }: BudgetOptions = {},
): BrokerBudget {
  const files = hasTls ? 1 + FILES_OF_TLS : 1;
  const share = Math.floor(openFilesMax * 5 / 8 / files);
  const overallMax = Math.min(HALF_OPEN_MAX, Math.floor(share / 3));
  return {
    connectionsMax: Math.min(BROKER_CONNECTIONS_MAX + overallMax, share),
    halfOpen: {
      overallMax,
      perAddressMax: Math.min(HALF_OPEN_PER_ADDRESS_MAX, Math.ceil(overallMax / 2)),
      patienceMs: HALF_OPEN_PATIENCE_MS,
    },
    nodesMax: BROKER_NODES_MAX,
  };
}

/** The page's share, at most a quarter of the file descriptors: see `brokerBudget`. */
export function pageBudget(
  openFilesMax: number = OPEN_FILES_WANTED,
  { hasTls = false }: BudgetOptions = {},
): PageBudget {
  const tls = hasTls ? FILES_OF_TLS : 0;
  const filesMax = hasTls ? 2 * PAGE_FILES_MAX : PAGE_FILES_MAX;
  const share = Math.min(filesMax, Math.floor(openFilesMax / 4));
  const waitingMax = Math.max(1, Math.floor(share / 8 / (1 + tls)));
  const rest = share - waitingMax * (1 + tls);
  const joinedMax = Math.max(2, Math.floor(rest / (FILES_PER_JOINED + tls)));
  const unknownMax = Math.ceil(joinedMax * 3 / 4);
  return {
    waiting: limitsOf(waitingMax),
    unknown: limitsOf(unknownMax),
    answeredMax: Math.ceil(unknownMax * 2 / 7),
    knownMax: joinedMax - unknownMax,
    stuckMax: Math.floor(share / 8),
    stuckPerAddressMax: Math.max(1, Math.min(STUCK_PER_ADDRESS_MAX, Math.floor(share / 48))),
  };
}

function limitsOf(overallMax: number): HalfOpenLimits {
  const perAddressMax = Math.ceil(overallMax / 2);
  return { overallMax, perAddressMax, patienceMs: HALF_OPEN_PATIENCE_MS };
}
