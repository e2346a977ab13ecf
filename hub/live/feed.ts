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
/** There is at most one message per this time, however much changes. */
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
  readonly #changed = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #heard = new Set<string>();
  readonly #incidents = new Set<number>();
  readonly #messages = new Set<number>();
  #blindChanged = false;
  #alarmChanged = false;
  #notificationChanged = false;
  /**
   * Nothing reports changes of this view, but it is checked with each message, at least every
   * `QUIET_MS`.
   */
  readonly #refused: RefusedView;
  #refusedChanged = false;
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
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
    for (const viewer of this.#viewers.keys()) viewer.close(1001, "the hub stops");
    this.#viewers.clear();
  }

  /** Sends a snapshot, then every change until `leave`. */
  join(viewer: Viewer): void {
    if (this.#refused.look()) this.#refusedChanged = true;
    // Waiting changes are sent again after a snapshot that contains them, which is harmless.
    this.#show(viewer, this.#snapshots()(viewer));
    this.#flushWithin(QUIET_MS);
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  nodeChanged(id: string): void {
    this.#changed.add(id);
    this.#flushWithin(URGENT_MS);
  }

  nodeHeard(id: string): void {
    this.#heard.add(id);
    this.#flushWithin(HEARD_MS);
  }

  nodeRemoved(id: string): void {
    this.#changed.delete(id);
    this.#heard.delete(id);
    this.#removed.add(id);
    this.#flushWithin(URGENT_MS);
  }

  visibilityChanged(): void {
    this.#blindChanged = true;
    this.#flushWithin(URGENT_MS);
  }

  alarmChanged(): void {
    this.#alarmChanged = true;
    this.#flushWithin(URGENT_MS);
  }

  /** Every instant may have changed, so all viewers get a new snapshot. */
  redated(): void {
    for (const reading of this.#viewers.values()) reading.isBehind = true;
    this.#flushWithin(URGENT_MS);
  }

  notificationChanged(): void {
    this.#notificationChanged = true;
    this.#flushWithin(URGENT_MS);
  }

  historyChanged(incidents: Iterable<number>, messages: Iterable<number>): void {
    for (const id of incidents) this.#incidents.add(id);
    for (const id of messages) this.#messages.add(id);
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
    if (this.#viewers.size === 0) return this.#forgetChange();
    const changeFor = this.#changes(this.#takeChange());
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

  #takeChange(): Change {
    if (this.#refused.look()) this.#refusedChanged = true;
    const nodes = [...this.#changed].flatMap((id) => this.#projection.node(id) ?? []);
    const heard: Record<string, string> = {};
    for (const id of this.#heard) {
      const at = this.#changed.has(id) ? null : this.#projection.lastHeartbeatAt(id);
      if (at !== null) heard[id] = at;
    }
    const incidents = [...this.#incidents].flatMap((id) => this.#store.incidents.get(id) ?? []);
    const messages = [...this.#messages].flatMap((id) => this.#store.outbox.get(id) ?? []);
    const change: Change = {
      kind: "change",
      seq: this.#seq,
      at: this.#projection.now(),
      ...(this.#blindChanged ? { blind: this.#projection.blind } : {}),
      ...(this.#alarmChanged ? { alarm: this.#projection.alarm } : {}),
      ...(this.#notificationChanged ? { notification: this.#projection.notification } : {}),
      ...(this.#refusedChanged ? { refused: this.#refused.shown } : {}),
      ...(nodes.length > 0 ? { nodes } : {}),
      ...(this.#removed.size > 0 ? { removed: [...this.#removed] } : {}),
      ...(this.#heard.size > 0 ? { heard } : {}),
      ...(incidents.length > 0 ? { incidents: incidents.map(incidentView) } : {}),
      ...(messages.length > 0 ? { deliveries: messages.map(deliveryView) } : {}),
    };
    this.#forgetChange();
    return change;
  }

  #forgetChange(): void {
    const waiting = [this.#changed, this.#heard, this.#removed, this.#incidents, this.#messages];
    for (const set of waiting) set.clear();
    this.#blindChanged = false;
    this.#alarmChanged = false;
    this.#notificationChanged = false;
    this.#refusedChanged = false;
  }

  #snapshot(): Snapshot {
    return {
      kind: "snapshot",
      seq: this.#seq,
      at: this.#projection.now(),
      time_zone: localTimeZone(),
      blind: this.#projection.blind,
      alarm: this.#projection.alarm,
      notification: this.#projection.notification,
      refused: this.#refused.shown,
      nodes: this.#projection.nodes(),
      incidents: this.#store.incidents.newest(FEED_ROWS_MAX).map(incidentView),
      deliveries: this.#store.outbox.newest(FEED_ROWS_MAX).map(deliveryView),
    };
  }
}
