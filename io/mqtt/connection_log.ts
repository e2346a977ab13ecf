/** Logs the changes of a connection, with advice: each change first, later one sum per hour. */

import { brokerName } from "../../core/config/brokers.ts";
import {
  type Adviser,
  brokerAdvice,
  echoAdvice,
  TAKE_OVER_ADVICE,
} from "../../core/doctor/broker_advice.ts";
import { type BrokerFault, brokerFaultText } from "../../core/network/broker_fault.ts";
import {
  type ConnectionEvent,
  type ConnectionLine,
  ConnectionReport,
} from "../../core/network/connection_report.ts";
import { formatDuration } from "../../core/text/duration.ts";
import type { Log } from "../log/log.ts";
import type { Clock } from "../time/clock.ts";
import { brokerField, type LoggedBroker } from "./broker_field.ts";
import type { Link } from "./mqtt.ts";

export interface ConnectionLogOptions extends Adviser, Pick<LoggedBroker, "isOneOfSeveral"> {
  readonly clock: Clock;
  readonly log: Log;
}

interface Ended {
  readonly wasUp: boolean;
  readonly wasHeard: boolean;
}

export class ConnectionLog {
  readonly #options: ConnectionLogOptions;
  readonly #report: ConnectionReport;

  constructor(options: ConnectionLogOptions) {
    this.#options = options;
    const { mqtt: { reconnectMs }, clock } = options;
    this.#report = new ConnectionReport(reconnectMs, clock.nowMs());
  }

  up(link: Link): void {
    this.#take({ kind: "up" }, link);
  }

  /** `wasHeard`: during the connection the broker passed on what this program published. */
  down(fault: BrokerFault, { wasUp, wasHeard }: Ended): void {
    this.#take({ kind: "down", fault, wasUp, wasHeard });
  }

  #take(event: ConnectionEvent, link?: Link): void {
    for (const line of this.#report.take(event, this.#options.clock.nowMs())) {
      this.#write(line, link);
    }
  }

  #write(line: ConnectionLine, link: Link | undefined): void {
    const { log, mqtt } = this.#options;
    const of = brokerField(this.#options);
    switch (line.kind) {
      case "connected": {
        const broker = brokerName(mqtt);
        const attempts = line.failures === 0 ? {} : { failed_attempts: line.failures };
        log.info("connected", { broker, ...lastAddress(link), ...attempts });
        return;
      }
      case "disconnected":
        return log.warning("disconnected", { ...of, reason: brokerFaultText(line.fault) });
      case "cannot_connect":
        return log.warning("cannot connect", {
          ...of,
          reason: brokerFaultText(line.fault),
          advice: brokerAdvice(line.fault, this.#options),
        });
      case "still_away":
        return log.warning("still cannot connect", {
          ...of,
          for: formatDuration(Math.round(line.downMs / 60_000) * 60_000),
          attempts: line.faults.reduce((sum, { count }) => sum + count, 0),
          reasons: line.faults.map(({ fault, count }) => `${brokerFaultText(fault)} ×${count}`)
            .join("; "),
        });
      case "drops":
        return log.warning("the connection breaks repeatedly", {
          ...of,
          times_in_an_hour: line.count,
        });
      case "ended_soon":
        return this.#writeEndedSoon(line.wasHeard);
    }
  }

  /**
   * Some brokers disconnect a client that publishes without permission, for example under another
   * node's name. Otherwise two clients share an id.
   */
  #writeEndedSoon(wasHeard: boolean): void {
    const { log, mqtt: { username }, node: { id } } = this.#options;
    if (wasHeard || username === undefined || username === id) {
      return log.warning(
        "another client uses this client id: the broker ends each connection soon after it is made",
        { ...brokerField(this.#options), advice: TAKE_OVER_ADVICE },
      );
    }
    log.warning("the broker ends each connection as soon as this program publishes a message", {
      ...brokerField(this.#options),
      advice: echoAdvice(this.#options),
    });
  }
}

/** Returns the address that is used when the name could not be looked up. */
function lastAddress(link: Link | undefined) {
  const { lookupFault, remoteAddress } = link ?? {};
  if (lookupFault === undefined) return {};
  return { last_good_address: remoteAddress, because: brokerFaultText(lookupFault) };
}
