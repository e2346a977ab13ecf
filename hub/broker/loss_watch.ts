/** Watches for messages that the broker drops, and reports them as a fault of the hub. */

import type { FaultInput } from "../../core/alerting/policy/input.ts";
import { type LossInput, messageLoss, newLossState } from "../../core/detection/message_loss.ts";
import type { NodeState } from "../../core/detection/node_state.ts";
import type { Tick } from "../../core/machine.ts";
import { getLog } from "../../io/log/log.ts";
import { type Clock, sleepUntil } from "../../io/time/clock.ts";

/** Mosquitto's count. If it has changed, Mosquitto publishes it every 10 s (`sys_interval`). */
export const DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped";

/** Gaps within this time count once. */
const LOOK_EVERY_MS = 10_000;
const COUNT = /^\d{1,15}$/;

const log = getLog("hub");

export interface LossWatchOptions {
  readonly clock: Clock;
  readonly onFault: (fault: FaultInput) => void;
  /** The number of messages that the hub itself has dropped because a node sends too many. */
  readonly leftOut: () => number;
}

export class LossWatch {
  readonly #options: LossWatchOptions;
  #state;
  /** The last seen `NodeState.missed`. A new connection of the node or the hub clears it. */
  #missed = new WeakMap<NodeState, number>();
  readonly #heard = new Set<string>();
  readonly #gaps = new Set<string>();
  /** The nodes whose birth arrived on this connection. */
  readonly #born = new Set<string>();
  #leftOut = 0;

  constructor(options: LossWatchOptions) {
    this.#options = options;
    this.#state = newLossState(options.clock.nowMs());
  }

  /** Runs until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!stop.aborted) {
      await sleepUntil(clock, clock.nowMs() + LOOK_EVERY_MS, stop);
      this.#look();
    }
  }

  /** The hub has connected to the broker. */
  connected(): void {
    this.#missed = new WeakMap();
    this.#born.clear();
    this.#forget();
    this.#take({ kind: "connected" });
  }

  /** Takes the broker's own count. */
  dropped(text: string | undefined): void {
    if (text === undefined || !COUNT.test(text)) return;
    this.#take({ kind: "dropped", count: Number(text) });
  }

  /** Takes a message of a node, after the cluster machine has processed it. */
  heard(node: NodeState, kind: string): void {
    if (kind === "vitals") return;
    if (kind === "birth") this.#born.add(node.id);
    // Heartbeats between two connections of a node were lost before they reached the broker.
    if (kind !== "heartbeat") return void this.#missed.delete(node);
    this.#heard.add(node.id);
    const before = this.#missed.get(node);
    if (before !== undefined && node.missed > before) this.#gaps.add(node.id);
    this.#missed.set(node, node.missed);
  }

  #look(): void {
    const leftOut = this.#options.leftOut();
    // If the hub itself dropped messages, it cannot know the cause of the gaps.
    if (leftOut === this.#leftOut) {
      const unborn = [...this.#heard].filter((id) => !this.#born.has(id)).length;
      this.#take({ kind: "heard", nodes: this.#heard.size, gaps: this.#gaps.size, unborn });
    }
    this.#leftOut = leftOut;
    this.#forget();
    this.#take({ kind: "tick" });
  }

  #forget(): void {
    this.#heard.clear();
    this.#gaps.clear();
  }

  #take(input: LossInput | Tick): void {
    const before = this.#state;
    const [state, outputs] = messageLoss.step(before, input, this.#options.clock.nowMs());
    this.#state = state;
    for (const { loss, sinceMs } of outputs) {
      if (loss !== undefined) {
        const advice = "raise max_queued_messages and max_queued_bytes of Mosquitto";
        log.warning("the broker loses messages", { reason: loss, advice });
      } else if (before.hasFault === true) log.info("the broker passes on all messages again");
      this.#options.onFault({
        kind: "fault",
        subject: { kind: "hub", fault: "messages_dropped" },
        name: "",
        isWrong: loss !== undefined,
        cause: loss ?? "",
        sinceMs,
      });
    }
  }
}
