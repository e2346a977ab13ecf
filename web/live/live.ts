/** The page's present knowledge: the cluster's last state, and whether the hub is connected. */

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { ClusterView, FeedMessage } from "../../core/api/feed.ts";
import { applyFeed } from "../../core/api/feed_apply.ts";
import { type ConnectionState, type Verdict, verdictOf } from "../status/verdict.ts";
import { setZone } from "../words/instant.ts";
import { HubClock, type Reading, SILENCE_MAX_MS } from "./hub_clock.ts";
import { NodeSignals } from "./node_signals.ts";

/** `connecting` and `lost`: there is no connection; `login`: the hub requires a login. */
export type Link = "connecting" | "live" | "lost" | "login";

const MINUTE_MS = 60_000;
const NOBODY: ClusterView["refused"] = [];
const NO_JOINS: NonNullable<ClusterView["joins"]> = [];

/** The page's state. Only `feed_socket.ts` and the clock of `main.tsx` change it. */
export class Live {
  readonly #view = signal<ClusterView | undefined>(undefined);
  readonly #nodes = signal<ClusterView["nodes"]>([]);
  readonly #link = signal<Link>("connecting");
  readonly #hubNowMs = signal(0);
  readonly #silentMs = signal(0);
  readonly #read: () => Reading;
  #clock: HubClock;

  /**
   * The whole view; it changes with each message. Parts that change less often have signals of
   * their own.
   */
  readonly view: ReadonlySignal<ClusterView | undefined> = this.#view;
  readonly link: ReadonlySignal<Link> = this.#link;
  /** The hub's time in milliseconds since 1970; it stops while the hub is not connected. */
  readonly hubNowMs: ReadonlySignal<number> = this.#hubNowMs;

  /** The nodes. Their last heartbeats may be old here; `each` has the present ones. */
  readonly nodes: ReadonlySignal<ClusterView["nodes"]> = this.#nodes;
  /** Signals for single nodes. */
  readonly each = new NodeSignals();
  readonly incidents: ReadonlySignal<ClusterView["incidents"]> = computed(() =>
    this.#view.value?.incidents ?? []
  );
  readonly deliveries: ReadonlySignal<ClusterView["deliveries"]> = computed(() =>
    this.#view.value?.deliveries ?? []
  );
  /** What LEDs and buzzers do; `undefined` before the first snapshot. */
  readonly alarm: ReadonlySignal<ClusterView["alarm"] | undefined> = computed(() =>
    this.#view.value?.alarm
  );
  /** Whether anybody is notified when a Pi dies; `undefined` while the hub is not connected. */
  readonly notification: ReadonlySignal<ClusterView["notification"] | undefined> = computed(() =>
    this.#link.value === "live" ? this.#view.value?.notification : undefined
  );
  /** Repeatedly refused clients; empty while the hub is not connected. */
  readonly refused: ReadonlySignal<ClusterView["refused"]> = computed(() =>
    this.#link.value === "live" ? this.#view.value?.refused ?? NOBODY : NOBODY
  );
  /** Lines for new Pis. */
  readonly joins: ReadonlySignal<NonNullable<ClusterView["joins"]>> = computed(() =>
    this.#view.value?.joins ?? NO_JOINS
  );
  /** Whether a first snapshot has arrived. */
  readonly known: ReadonlySignal<boolean> = computed(() => this.#view.value !== undefined);
  /** The time zone of the hub. */
  readonly zone: ReadonlySignal<string | undefined> = computed(() => this.#view.value?.time_zone);
  /** The reader is not logged in, and may only view. */
  readonly guest: ReadonlySignal<boolean> = computed(() => this.#view.value?.guest === true);
  /** The hub's time as RFC 3339, in steps of a minute, for what depends on the day. */
  readonly minute: ReadonlySignal<string> = computed(() =>
    new Date(Math.floor(this.#hubNowMs.value / MINUTE_MS) * MINUTE_MS).toISOString()
  );
  readonly #blind = computed(() => this.#view.value?.blind ?? null);
  readonly verdict: ReadonlySignal<Verdict> = computed(() => this.#verdict());

  /** The shown data is old or uncertain. */
  readonly stale: ReadonlySignal<boolean> = computed(() => this.verdict.value.stale);

  constructor(read: () => Reading) {
    this.#read = read;
    this.#clock = new HubClock(read());
  }

  /**
   * Takes a message. Returns false when it does not fit the present state; then the page reconnects
   * for a snapshot.
   */
  take(message: FeedMessage): boolean {
    const reading = this.#read();
    const view = applyFeed(this.#view.value, message);
    if (view === undefined) return false;
    if (!this.#clock.hear(message.at, reading, message.kind)) return false;
    // Must happen before any time is rendered.
    if (message.kind === "snapshot") setZone(message.time_zone);
    batch(() => {
      this.#view.value = view;
      this.#link.value = "live";
      this.#hubNowMs.value = this.#clock.nowMs(reading);
      this.#silentMs.value = 0;
      this.each.take(view, message);
      // A heartbeat does not change any list, because that would render a thousand rows each
      // second.
      if (isAboutNodes(message)) {
        this.#nodes.value = view.nodes;
      }
    });
    return true;
  }

  /** The hub is not connected any more: the page shows its last state, and all ages stop. */
  lose(): void {
    if (this.#link.value !== "live") return;
    batch(() => {
      this.#link.value = "lost";
      this.#hubNowMs.value = Date.parse(this.#clock.heardAt ?? "");
      this.#silentMs.value = this.#clock.silentMs(this.#read());
    });
  }

  /**
   * The hub requires the password. The previous data is removed, because another person may sit
   * here now.
   */
  askLogin(): void {
    batch(() => {
      this.#link.value = "login";
      this.#view.value = undefined;
      this.#nodes.value = [];
      this.each.clear();
    });
  }

  /** The password was right: continue as after loading the page. */
  loggedIn(): void {
    this.#clock = new HubClock(this.#read());
    batch(() => {
      this.#link.value = "connecting";
      this.#silentMs.value = 0;
    });
  }

  /** Advances the time: ages grow, and a hub that is silent for too long counts as lost. */
  tick(): void {
    const reading = this.#read();
    const silentMs = this.#clock.silentMs(reading);
    batch(() => {
      this.#silentMs.value = silentMs;
      if (this.#link.value === "live") this.#hubNowMs.value = this.#clock.nowMs(reading);
    });
    if (this.#link.value === "live" && silentMs > SILENCE_MAX_MS) this.lose();
  }

  #verdict(): Verdict {
    const hearing = this.#hearing();
    if (!this.known.value) return verdictOf(undefined, hearing);
    const [blind, nodes] = [this.#blind.value, this.#nodes.value];
    return verdictOf({ at: this.minute.value, blind, nodes }, hearing);
  }

  #hearing(): ConnectionState {
    if (this.#link.value === "live") return { kind: "live" };
    return {
      kind: "silent",
      silentMs: this.#silentMs.value,
      asOf: this.known.value ? this.#clock.heardAt : undefined,
    };
  }
}

/** Returns whether more of a node has changed than its last heartbeat. */
function isAboutNodes(message: FeedMessage): boolean {
  if (message.kind === "snapshot") return true;
  return Boolean(message.nodes ?? message.removed ?? message.patches);
}
