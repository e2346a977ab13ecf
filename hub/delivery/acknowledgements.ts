/** Reads at providers whether somebody has acknowledged an incident in their app. */

import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";
import type { Channel } from "../notify/channel/channel.ts";
import type { OpenReceipt } from "../store/outbox/receipt_rows.ts";
import type { Store } from "../store/store.ts";

/** How often an open receipt is read. Pushover allows once in 5 s. */
const READ_MS = 10_000;
/** The number of receipts that are read each time. The newest ones matter most. */
const RECEIPTS_MAX = 10;
/** No provider repeats a message for longer than this: three hours, and a delayed answer. */
const RECEIPT_MS = 4 * 60 * 60_000;

export interface AcknowledgementsOptions {
  readonly store: Store;
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  /** Acknowledges the open incident of a subject. May reject when the hub stops. */
  readonly acknowledge: (subject: string) => Promise<unknown>;
}

const log = getLog("hub");

export class Acknowledgements {
  readonly #options: AcknowledgementsOptions;
  readonly #channels: ReadonlyMap<string, Channel>;

  constructor(options: AcknowledgementsOptions) {
    this.#options = options;
    const able = options.channels.filter(({ readsAcknowledgements }) => readsAcknowledgements);
    this.#channels = new Map(able.map((channel) => [channel.name, channel]));
  }

  /** Runs until `stop` aborts. Returns at once if no channel reads acknowledgements. */
  async run(stop: AbortSignal): Promise<void> {
    if (this.#channels.size === 0) return;
    const { clock } = this.#options;
    while (!stop.aborted) {
      await sleepUntil(clock, clock.nowMs() + READ_MS, stop);
      if (!stop.aborted) await this.#readAll(stop);
    }
  }

  async #readAll(stop: AbortSignal): Promise<void> {
    const { store, clock } = this.#options;
    const sinceMs = clock.wallMs(clock.nowMs()) - RECEIPT_MS;
    const open = store.receipts.open([...this.#channels.keys()], sinceMs, RECEIPTS_MAX);
    await Promise.all(open.map((receipt) => this.#read(receipt, stop)));
  }

  async #read({ message, incidents }: OpenReceipt, stop: AbortSignal): Promise<void> {
    const { recipient, reference = "", channel } = message;
    const status = await this.#channels.get(channel)?.status?.({ recipient, reference }, stop);
    if (stop.aborted || status?.kind !== "delivered" || !status.isAcknowledged) return;
    for (const { id, subject } of incidents) {
      if (stop.aborted) return;
      log.info("acknowledged in the app of a channel", { channel, incident: id });
      await this.#options.acknowledge(subject).catch((error: unknown) => {
        // The next run reads the receipt again.
        if (!stop.aborted) throw error;
      });
    }
  }
}
