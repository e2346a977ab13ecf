/** Opens a TCP connection to the address that answers first (RFC 8305, 5). */

import type { BrokerFault } from "../../core/network/broker_fault.ts";
import { bracketed } from "../../core/network/host.ts";
import type { Clock } from "../time/clock.ts";
import { LinkedAbort } from "../time/linked_abort.ts";
import { callAfterRunning } from "../time/patient_timer.ts";
import { LinkError, tcpFault } from "./link_error.ts";

/** An address that does not answer within this time is given up. */
const CONNECT_MS = 1500;
/**
 * The next address is tried when the previous one has not answered within this time (RFC 8305, 8).
 */
const STAGGER_MS = 250;

export interface ConnectOptions {
  readonly port: number;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

/**
 * Tries the addresses one after the other, alternating between IPv6 and IPv4. Each attempt starts
 * when the previous one has failed or is slow. The first connection wins, and the other attempts
 * end. Throws a `LinkError` with the reason for each address when none answers.
 *
 * Node's own `autoSelectFamily`, which Deno has too, abandons an address before it tries the next
 * one.
 */
export async function connectToAny(
  addresses: readonly string[],
  { port, clock, stop }: ConnectOptions,
): Promise<Deno.TcpConn> {
  using giveUp = new LinkedAbort(stop);
  const race = new Race(addresses.length, giveUp.signal);
  const tryAll = async () => {
    const running: Promise<void>[] = [];
    for (const hostname of inTurns(addresses)) {
      if (giveUp.signal.aborted) break;
      const attempt = race.enter(
        hostname,
        connectTo(hostname, { port, clock, stop: giveUp.signal }),
      );
      running.push(attempt);
      await settledOrLate(attempt, clock);
    }
    await Promise.all(running);
    race.end();
  };
  void tryAll();
  return await race.won;
}

/** Several attempts of which the first connection wins. */
class Race {
  readonly won: Promise<Deno.TcpConn>;
  readonly #won = Promise.withResolvers<Deno.TcpConn>();
  readonly #count: number;
  readonly #isOver: AbortSignal;
  readonly #faults: BrokerFault[] = [];
  #hasWinner = false;

  constructor(count: number, isOver: AbortSignal) {
    this.#count = count;
    this.#isOver = isOver;
    this.won = this.#won.promise;
  }

  async enter(hostname: string, attempt: Promise<Deno.TcpConn>): Promise<void> {
    try {
      const connection = await attempt;
      if (this.#hasWinner || this.#isOver.aborted) return connection.close();
      this.#hasWinner = true;
      this.#won.resolve(connection);
    } catch (error) {
      this.#faults.push(named(hostname, tcpFault(error), this.#count));
    }
  }

  /** All attempts are finished. */
  end(): void {
    this.#won.reject(new LinkError(most(this.#faults)));
  }
}

/**
 * Alternates between the address families, beginning with that of the first address (RFC 8305, 4).
 */
function inTurns(addresses: readonly string[]): readonly string[] {
  const isIpv6 = (address: string) => address.includes(":");
  const first = addresses.filter((one) => isIpv6(one) === isIpv6(addresses[0] ?? ""));
  const second = addresses.filter((one) => !first.includes(one));
  const rounds = Math.max(first.length, second.length);
  return Array.from({ length: rounds }, (_, round) => [first[round], second[round]]).flat()
    .filter((one) => one !== undefined);
}

async function connectTo(
  hostname: string,
  { port, clock, stop }: ConnectOptions,
): Promise<Deno.TcpConn> {
  let isLate = false;
  using ending = new LinkedAbort(stop);
  using _limit = callAfterRunning(clock, CONNECT_MS, () => {
    isLate = true;
    ending.abort();
  });
  try {
    return await Deno.connect({ hostname, port, transport: "tcp", signal: ending.signal });
  } catch (error) {
    if (!isLate) throw error;
    throw new LinkError({ code: "no_answer", detail: `no answer within ${CONNECT_MS} ms` });
  }
}

async function settledOrLate(trial: Promise<void>, clock: Clock): Promise<void> {
  const late = Promise.withResolvers<void>();
  using _alarm = callAfterRunning(clock, STAGGER_MS, () => late.resolve());
  await Promise.race([trial, late.promise]);
}

/** Adds the address to the reason when there are several. */
function named(hostname: string, fault: BrokerFault, count: number): BrokerFault {
  if (count === 1 || !("detail" in fault)) return fault;
  return { ...fault, detail: `${bracketed(hostname)}: ${fault.detail}` };
}

/**
 * Returns the most informative code (a machine that refuses is reachable) with the words of all
 * faults.
 */
function most(faults: readonly BrokerFault[]): BrokerFault {
  const codes = ["refused", "no_answer", "unreachable"] as const;
  const code = codes.find((one) => faults.some((fault) => fault.code === one)) ?? "unreachable";
  return { code, detail: faults.map((one) => "detail" in one ? one.detail : one.code).join("; ") };
}
