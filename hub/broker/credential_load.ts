/** The connections of one credential at the embedded broker, and what they cost together. */

import type { Session } from "./broker_guard.ts";
import type { BrokerStream } from "./broker_stream.ts";
import { CredentialFlow } from "./credential_flow.ts";

/** Home automation asks for each thing by its topic. */
const FILTERS_MAX = 128;
/** Each of them is looked at for each message of the cluster. Ours have one each. */
const WILDCARD_FILTERS_MAX = 16;
/**
 * What may wait for connections that read too slowly: more than the retained messages of 5,000 nodes,
 * or 15 s of their heartbeats.
 */
const UNSENT_BYTES_MAX = 8 * 1024 * 1024;

export class CredentialLoad {
  readonly flow: CredentialFlow;
  readonly #streams = new Map<Session, BrokerStream>();

  /** `onWait`: its connections have to wait; called once a second at most. */
  constructor(onWait: () => void) {
    this.flow = new CredentialFlow(onWait);
  }

  /** Until it is deleted the session counts, with the filters that it has. */
  add(session: Session, stream: BrokerStream): void {
    this.#streams.set(session, stream);
  }

  delete(session: Session): void {
    this.#streams.delete(session);
  }

  /** Why one of its sessions may not have this filter as well. */
  refuseFilter(filter: string): string | undefined {
    const filters = [...this.#streams.keys()].flatMap((session) => [...session.filters]);
    if (filters.length >= FILTERS_MAX) {
      return `has ${filters.length} subscriptions in all its connections, no more are allowed`;
    }
    const wide = filters.filter(hasWildcard).length;
    if (!hasWildcard(filter) || wide < WILDCARD_FILTERS_MAX) return undefined;
    return `has ${wide} subscriptions with wildcards in all its connections, no more are allowed`;
  }

  /** What waits to be sent. */
  get unsentBytes(): number {
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += stream.unsentBytes;
    return bytes;
  }

  /** Its connection for which most waits, if too much waits for all of them. */
  overfull(): BrokerStream | undefined {
    return this.unsentBytes > UNSENT_BYTES_MAX ? this.largest() : undefined;
  }

  /** Its connection for which most waits. */
  largest(): BrokerStream | undefined {
    const streams = [...this.#streams.values()];
    return streams.sort((a, b) => b.unsentBytes - a.unsentBytes)[0];
  }
}

function hasWildcard(filter: string): boolean {
  return filter.includes("+") || filter.includes("#");
}
