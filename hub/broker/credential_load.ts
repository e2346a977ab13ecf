/** The connections of one credential at the embedded broker, and their total load. */

import type { Session } from "./broker_guard.ts";
import type { BrokerStream } from "./broker_stream.ts";
import { CredentialFlow } from "./credential_flow.ts";

/** Home automation subscribes to the topic of each device. */
const FILTERS_MAX = 128;
/** Each wildcard filter is checked for each message of the cluster. Our programs have one each. */
const WILDCARD_FILTERS_MAX = 16;
/**
 * The limit of unsent bytes for connections that read too slowly: more than the retained messages
 * of 5,000 nodes, or 15 s of their heartbeats.
 */
const UNSENT_BYTES_MAX = 8 * 1024 * 1024;

export class CredentialLoad {
  readonly flow: CredentialFlow;
  readonly #streams = new Map<Session, BrokerStream>();

  /** `onWait`: its connections have to wait. Called at most once a second. */
  constructor(onWait: () => void) {
    this.flow = new CredentialFlow(onWait);
  }

  /** Counts the session and its filters until it is deleted. */
  add(session: Session, stream: BrokerStream): void {
    this.#streams.set(session, stream);
  }

  delete(session: Session): void {
    this.#streams.delete(session);
  }

  /** Returns why one of its sessions may not have this additional filter. */
  refuseFilter(filter: string): string | undefined {
    const filters = [...this.#streams.keys()].flatMap((session) => [...session.filters]);
    if (filters.length >= FILTERS_MAX) {
      return `has ${filters.length} subscriptions in all its connections, no more are allowed`;
    }
    const wide = filters.filter(hasWildcard).length;
    if (!hasWildcard(filter) || wide < WILDCARD_FILTERS_MAX) return undefined;
    return `has ${wide} subscriptions with wildcards in all its connections, no more are allowed`;
  }

  /** The number of unsent bytes. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += stream.unsentBytes;
    return bytes;
  }

  /** If there are too many unsent bytes in total, returns the connection with the most. */
  overfull(): BrokerStream | undefined {
    return this.unsentBytes > UNSENT_BYTES_MAX ? this.largest() : undefined;
  }

  /** Returns the connection with the most unsent bytes. */
  largest(): BrokerStream | undefined {
    const streams = [...this.#streams.values()];
    return streams.sort((a, b) => b.unsentBytes - a.unsentBytes)[0];
  }
}

function hasWildcard(filter: string): boolean {
  return filter.includes("+") || filter.includes("#");
}
