/** Logs what clients of the broker may not do: once a day, however often they try. */

const DAY_MS = 24 * 3_600_000;
/** Different refusals of one client; it can make up any number of topics. */
const PER_CLIENT_MAX = 10;
/** Clients that are remembered; strangers can make up their names, too. */
const CLIENTS_MAX = 1000;

interface Refused {
  readonly sinceMs: number;
  readonly texts: Set<string>;
}

export class BrokerRefusals {
  readonly #tell: (text: string) => void;
  readonly #clients = new Map<string, Refused>();

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** `refusal` follows the client's name: "may not publish to ...". `nowMs` is monotonic. */
  note(client: string, refusal: string, nowMs = performance.now()): void {
    const { texts } = this.#refused(client, nowMs);
    if (texts.has(refusal) || texts.size > PER_CLIENT_MAX) return;
    const isFull = texts.size === PER_CLIENT_MAX;
    texts.add(refusal);
    this.#tell(
      `${client} ${isFull ? "may not do more: nothing further is logged for a day" : refusal}`,
    );
  }

  #refused(client: string, nowMs: number): Refused {
    const known = this.#clients.get(client);
    if (known !== undefined && nowMs - known.sinceMs < DAY_MS) return known;
    if (this.#clients.size >= CLIENTS_MAX) this.#clients.clear();
    const refused = { sinceMs: nowMs, texts: new Set<string>() };
    this.#clients.set(client, refused);
    return refused;
  }
}
