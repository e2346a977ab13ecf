/** The hub's feed over a large cluster that a test plays by hand, with viewers that count bytes. */

import type { ClusterView, FeedMessage } from "../../../core/api/feed.ts";
import { applyFeed } from "../../../core/api/feed_apply.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { newNode, type NodeState } from "../../../core/detection/node_state.ts";
import { Feed, type Viewer } from "../../../hub/live/feed.ts";
import { Projection } from "../../../hub/live/projection.ts";
import { Store } from "../../../hub/store/store.ts";
import { SeededRandom } from "../time/seeded_random.ts";
import { SteppedClock } from "../time/stepped_clock.ts";

const STEP_MS = 10;
const VITALS_EVERY_MS = 30_000;
/** The delay of a heartbeat in a home network. */
const JITTER_MS = 200;
/** Header of a WebSocket frame from a server, and of its TCP segment over IPv4. */
const FRAME_BYTES = 10 + 52;
const FACTS = {
  model: "Raspberry Pi 4 Model B Rev 1.5",
  os: "Debian GNU/Linux 12 (bookworm)",
  kernel: "6.12.25+rpt-rpi-v8",
  architecture: "aarch64",
  addresses: ["192.168.1.7", "fd00::dead:beef:1234:5678"],
  serial: "10000000abcdef01",
  version: "0.1.0",
};

/** A viewer that reads at once. */
export class CountingViewer implements Viewer {
  readonly unreadBytes = 0;
  /** Bytes on the wire, with frames and packets. */
  bytes = 0;
  messages = 0;
  view: ClusterView | undefined;
  readonly isGuest: boolean;
  readonly isShort: boolean;
  readonly #onMessage: (message: FeedMessage) => void;

  constructor(
    kind: { readonly isGuest: boolean; readonly isShort: boolean },
    onMessage: (message: FeedMessage) => void = () => {},
  ) {
    this.isGuest = kind.isGuest;
    this.isShort = kind.isShort;
    this.#onMessage = onMessage;
  }

  send(text: string): void {
    this.bytes += new TextEncoder().encode(text).length + FRAME_BYTES;
    this.messages++;
    const message: FeedMessage = JSON.parse(text);
    this.view = applyFeed(this.view, message);
    if (this.view === undefined) throw new Error(`the viewer misses a message before ${text}`);
    this.#onMessage(message);
  }

  close(): void {}
}

interface Pi {
  readonly state: NodeState;
  readonly everyMs: number;
  nextBeatMs: number;
  nextVitalsMs: number;
  isCut: boolean;
}

/** `using cluster = new PlayedFeed({ count: 1000 });` They are `pi-0001` and so on, all alive. */
export class PlayedFeed implements Disposable {
  readonly clock = new SteppedClock();
  readonly feed: Feed;
  readonly #store = new Store(":memory:");
  readonly #projection = new Projection(this.clock);
  readonly #random: SeededRandom;
  readonly #pis: Map<string, Pi>;

  constructor(
    { count, everyMs = 1000, seed }: {
      readonly count: number;
      readonly everyMs?: number;
      readonly seed?: number;
    },
  ) {
    this.#random = new SeededRandom(seed);
    this.feed = new Feed(this.#projection, this.#store, this.clock);
    const pis = Array.from({ length: count }, (_, index) => this.#newPi(index, everyMs));
    this.#pis = new Map(pis.map((pi) => [pi.state.id, pi]));
  }

  [Symbol.dispose](): void {
    this.feed[Symbol.dispose]();
    this.#store[Symbol.dispose]();
  }

  /** Lets time pass, in which the nodes send heartbeats and vitals. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      const nowMs = this.clock.nowMs();
      for (const pi of this.#pis.values()) {
        if (pi.isCut) continue;
        if (nowMs >= pi.nextBeatMs) this.#beat(pi);
        if (nowMs >= pi.nextVitalsMs) this.#measure(pi);
      }
      this.clock.pass(STEP_MS);
    }
  }

  /** Cuts or restores the power of a node. Nobody judges that: see `judge`. */
  setPower(id: string, isOn: boolean): void {
    this.#pi(id).isCut = !isOn;
  }

  /** A verdict. */
  judge(id: string, liveness: Liveness): void {
    const { state } = this.#pi(id);
    state.liveness = liveness;
    state.sinceMs = this.clock.nowMs();
    this.#show(state);
  }

  remove(id: string): void {
    this.#pis.delete(id);
    this.#projection.remove(id);
    this.feed.nodeRemoved(id);
  }

  /** When a node was last heard, in the clock's milliseconds. */
  lastHeardMs(id: string): number {
    return this.#pi(id).state.lastHeardMs ?? NaN;
  }

  #newPi(index: number, everyMs: number): Pi {
    const id = `pi-${String(index + 1).padStart(4, "0")}`;
    const state = newNode(id, 0, true);
    state.name = `Node ${index + 1}`;
    state.facts = FACTS;
    state.liveness = "alive";
    state.session = `session-of-${id}`;
    state.everyMs = everyMs;
    state.lastHeardMs = 0;
    state.vitals = {
      temperature: { value: 48.2, level: "ok" },
      cpu: { value: 12, level: "ok" },
      memory: { value: 40, level: "ok" },
      disk: { value: 61, level: "ok" },
      under_voltage: { value: null, level: "not_supported" },
    };
    this.#projection.update(state);
    return {
      state,
      everyMs,
      nextBeatMs: this.#random.between(0, everyMs),
      nextVitalsMs: this.#random.between(0, VITALS_EVERY_MS),
      isCut: false,
    };
  }

  #beat(pi: Pi): void {
    const { state, everyMs } = pi;
    pi.nextBeatMs += everyMs + this.#random.between(-JITTER_MS, JITTER_MS);
    state.lastHeardMs = this.clock.nowMs();
    this.#projection.heard(state);
    this.feed.nodeHeard(state.id);
  }

  /** All gauges move a little. */
  #measure(pi: Pi): void {
    pi.nextVitalsMs += VITALS_EVERY_MS;
    const moved = (value: number, by: number, scale: number) =>
      Math.round((value + this.#random.between(-by, by)) * scale) / scale;
    pi.state.vitals = {
      temperature: { value: moved(48, 3, 10), level: "ok" },
      cpu: { value: moved(12, 8, 1), level: "ok" },
      memory: { value: moved(40, 3, 1), level: "ok" },
      disk: { value: 61, level: "ok" },
      under_voltage: { value: null, level: "not_supported" },
    };
    this.#show(pi.state);
  }

  #show(state: NodeState): void {
    this.#projection.update(state);
    this.feed.nodeChanged(state.id);
  }

  #pi(id: string): Pi {
    const pi = this.#pis.get(id);
    if (pi === undefined) throw new Error(`no node ${id}`);
    return pi;
  }
}
