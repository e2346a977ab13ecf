/**
 * The live feed to browsers: first a snapshot, then changes, and never more than a browser can
 * read.
 */

import { type Change, FEED_ROWS_MAX, type Snapshot } from "../../core/api/feed.ts";
import { guestChange, guestSnapshot } from "../../core/api/guest_view.ts";
import type { Clock } from "../../io/time/clock.ts";
import { localTimeZone } from "../../io/time/local_time.ts";
import type { Store } from "../store/store.ts";
import { deliveryView } from "./delivery_view.ts";
import { incidentView } from "./incident_view.ts";
import { PendingChange, type WholeView } from "./pending_change.ts";
import type { Projection } from "./projection.ts";
import { RefusedView } from "./refused_view.ts";
import { ShortForm } from "./short_form.ts";
import { writtenOnce } from "./written_once.ts";

/**
 * The limit of unread bytes beside a viewer's snapshot. A viewer over the limit receives nothing
 * until it has read everything, and then a new snapshot.
 */
const UNREAD_BYTES_MAX = 256 * 1024;
/** Changes of state within this time are sent together. */
const URGENT_MS = 20;
/** There is at most one message per this time, even if much changes. */
const PACE_MS = 100;
/**
 * The interval of heartbeat updates: a thousand nodes must not cause a thousand messages a second.
 */
const HEARD_MS = 1000;
/** Without any change a message is sent this often, so that a page knows that the hub is alive. */
const QUIET_MS = 5000;

/** A browser's connection to the feed. */
export interface Viewer {
  /** The viewer is not logged in, so it must not see addresses, phone numbers or messages. */
  readonly isGuest: boolean;
  /** The viewer gets the short form; see `ShortForm`. */
  readonly isShort: boolean;
  send(text: string): void;
  /** Bytes that were sent but not yet accepted by the network. */
  readonly unreadBytes: number;
  close(code: number, reason: string): void;
}

/** How much a viewer has read. */
interface Reading {
  /** The limit of its unread bytes: its snapshot, and some changes. */
  allowedBytes: number;
  /** It reads too slowly. Its next snapshot will contain what it missed. */
  isBehind: boolean;
}

export class Feed implements Disposable {
  readonly #projection: Projection;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #viewers = new Map<Viewer, Reading>();
  readonly #refused: RefusedView;
  readonly #pending: PendingChange;
  readonly #short = new ShortForm();
  #seq = 0;
  #flushAtMs = Infinity;
  #flushedMs = -Infinity;
  #alarm: Disposable | undefined;

  constructor(projection: Projection, store: Store, clock: Clock) {
    this.#projection = projection;
    this.#store = store;
    this.#clock = clock;
    this.#refused = new RefusedView(() => projection.refused(), clock);
    this.#pending = new PendingChange(projection, store, this.#refused);
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
    for (const viewer of this.#viewers.keys()) viewer.close(1001, "the hub stops");
    this.#viewers.clear();
  }

  /** Sends a snapshot, then every change until `leave`. */
  join(viewer: Viewer): void {
    this.#pending.look();
    // Waiting changes are sent again after a snapshot that contains them, which is harmless.
    this.#show(viewer, this.#snapshots()(viewer));
    this.#flushWithin(QUIET_MS);
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  nodeChanged(id: string): void {
    this.#pending.nodeChanged(id);
    this.#flushWithin(URGENT_MS);
  }

  nodeHeard(id: string): void {
    this.#pending.nodeHeard(id);
    this.#flushWithin(HEARD_MS);
  }

  nodeRemoved(id: string): void {
    this.#pending.nodeRemoved(id);
    this.#flushWithin(URGENT_MS);
  }

  viewChanged(view: WholeView): void {
    this.#pending.viewChanged(view);
    this.#flushWithin(URGENT_MS);
  }

  /** Every instant may have changed, so all viewers get a new snapshot. */
  redated(): void {
    for (const reading of this.#viewers.values()) reading.isBehind = true;
    this.#flushWithin(URGENT_MS);
  }

  historyChanged(incidents: Iterable<number>, messages: Iterable<number>): void {
    this.#pending.historyChanged(incidents, messages);
    this.#flushWithin(URGENT_MS);
  }

  #flushWithin(ms: number): void {
    const atMs = Math.max(this.#clock.nowMs() + ms, this.#flushedMs + PACE_MS);
    if (this.#flushAtMs <= atMs) return;
    this.#flushAtMs = atMs;
    this.#alarm?.[Symbol.dispose]();
    this.#alarm = this.#clock.callAt(atMs, () => this.#flush());
  }

  #flush(): void {
    this.#flushAtMs = Infinity;
    this.#flushedMs = this.#clock.nowMs();
    this.#seq++;
    if (this.#viewers.size === 0) return this.#pending.forget();
    const changeFor = this.#changes(this.#pending.take(this.#seq));
    const snapshotFor = this.#snapshots();
    let nextMs = QUIET_MS;
    for (const [viewer, reading] of this.#viewers) {
      const { unreadBytes } = viewer;
      if (reading.isBehind && unreadBytes === 0) this.#show(viewer, snapshotFor(viewer));
      else if (reading.isBehind || unreadBytes > reading.allowedBytes) {
        reading.isBehind = true;
        nextMs = HEARD_MS;
      } else viewer.send(changeFor(viewer));
    }
    this.#flushWithin(nextMs);
  }

  /** Sends a viewer a new snapshot. */
  #show(viewer: Viewer, snapshot: string): void {
    const allowedBytes = snapshot.length + UNREAD_BYTES_MAX;
    this.#viewers.set(viewer, { allowedBytes, isBehind: false });
    viewer.send(snapshot);
  }

  #changes(change: Change): (viewer: Viewer) => string {
    const timing = { lastHeard: () => this.#projection.lastHeard(), nowMs: this.#flushedMs };
    const short = this.#hasShort() ? this.#short.change(change, timing) : change;
    return writtenOnce((isShort) => isShort ? short : change, guestChange);
  }

  #snapshots(): (viewer: Viewer) => string {
    return writtenOnce((isShort) => {
      const snapshot = this.#snapshot();
      return isShort ? this.#short.snapshot(snapshot, !this.#hasShort()) : snapshot;
    }, guestSnapshot);
  }

  #hasShort(): boolean {
    return [...this.#viewers.keys()].some(({ isShort }) => isShort);
  }

  #snapshot(): Snapshot {
    const joins = this.#projection.joins();
    const watchdog = this.#projection.watchdog();
    const brokers = this.#projection.brokers();
    return {
      kind: "snapshot",
      seq: this.#seq,
      at: this.#projection.now(),
      time_zone: localTimeZone(),
      blind: this.#projection.blind,
      alarm: this.#projection.alarm,
      notification: this.#projection.notification,
      refused: this.#refused.shown,
      ...(joins.length > 0 ? { joins } : {}),
      ...(watchdog === undefined ? {} : { watchdog }),
      ...(brokers === undefined ? {} : { brokers }),
      nodes: this.#projection.nodes(),
      incidents: this.#store.incidents.newest(FEED_ROWS_MAX).map(incidentView),
      deliveries: this.#store.outbox.newest(FEED_ROWS_MAX).map(deliveryView),
    };
  }
}
