/** Counts what the hub refused for `/metrics`, and logs and lists it by address or node. */

import { type RefusalView, REFUSED_MAX } from "../../core/api/refusal_view.ts";
import { BROKER_NODES_MAX } from "../../core/limits/connection_budget.ts";
import { type RefusalReason, RefusalReport } from "../../core/limits/refusal_report.ts";
import { type RefusedClient, RefusedClients } from "../../core/limits/refused_clients.ts";
import { clientKey } from "../../core/network/address.ts";
import { NODES_MAX } from "../../core/protocol/wire.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, systemClock } from "../../io/time/clock.ts";

const log = getLog("hub");

const TEXTS: Readonly<Record<RefusalReason, string>> = {
  half_open: "ended connections that did not identify themselves, because there were too many",
  connections: "refused connections, because the hub's limit was reached",
  no_files:
    "ended connections that did not identify themselves, because no more files can be opened",
  broker_login: "refused logins to the broker: wrong user name or password",
  protocol: "ended connections that did not log in by MQTT 3.1.1",
  page_login: "refused logins to the page: wrong password",
  sessions: "refused connections, because their credential has or opens too many",
  nodes: `refused nodes, because the hub watches ${NODES_MAX}, as many as it can`,
  broker_nodes:
    `refused nodes, because the embedded broker serves ${BROKER_NODES_MAX}, as many as it can: ` +
    "use Mosquitto for more",
  rate: "dropped or delayed messages, because their credential sends more than it may",
  forbidden: "refused to publish or to subscribe where the credential may not",
  viewers: "refused viewers, because no place was free",
  feed_input: "ended viewers that sent data, because the feed goes one way",
  slow_request: "ended connections whose request took too long to arrive",
  join: "refused to let a Pi join: wrong line",
};

export class Refusals {
  readonly #clock: Clock;
  readonly #report = new RefusalReport();
  readonly #clients = new RefusedClients();
  readonly #counts = new Map<RefusalReason, number>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Since the hub started. */
  get counts(): ReadonlyMap<RefusalReason, number> {
    return this.#counts;
  }

  /** `address` is the client's address, or the node whose credential was used. */
  note(reason: RefusalReason, address: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    const nowMs = this.#clock.nowMs();
    this.#clients.note(reason, clientKey(address), nowMs, count);
    const sum = this.#report.note(reason, address, nowMs, count);
    if (sum === undefined) return;
    const addresses = sum.addresses.map(([from, count]) => `${from} (${count})`).join(", ");
    log.warning(TEXTS[reason], { count: sum.count, addresses });
  }

  /**
   * Returns the clients that were refused repeatedly within the last minutes, most frequent first.
   */
  active(): readonly RefusalView[] {
    const clients = this.#clients.all(this.#clock.nowMs()).slice(0, REFUSED_MAX);
    return clients.filter(({ isActive }) => isActive).map((client) => this.#view(client));
  }

  /** Returns all remembered clients, the active ones first. */
  all(): readonly (RefusalView & { readonly active: boolean })[] {
    return this.#clients.all(this.#clock.nowMs()).map((client) => ({
      ...this.#view(client),
      active: client.isActive,
    }));
  }

  #view({ reason, from, count, sinceMs, lastMs }: RefusedClient): RefusalView {
    const instant = (atMs: number) => new Date(this.#clock.wallMs(atMs)).toISOString();
    return { reason, from: from ?? null, count, since: instant(sinceMs), last: instant(lastMs) };
  }
}
