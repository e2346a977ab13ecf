/**
 * A tracker with a recording output: it hears a cluster through a broker like a tracker, and blinks
 * meanwhile. When asked to end it prints the deviation of each edge in ms, as one line of JSON.
 *
 *   player.ts PORT READ_EVERY_MS
 */
import type { Indication, Pattern } from "../../core/alarm/indication.ts";
import type { SilenceInput } from "../../core/alarm/silence.ts";
import { newTracker, trackerMachine } from "../../core/alarm/tracker_machine.ts";
import { type ClusterInput, newCluster } from "../../core/detection/cluster_state.ts";
import { topicsOf } from "../../core/protocol/topics.ts";
import { drive, Inbox, stepsOf } from "../../io/drive.ts";
import { Observation } from "../../io/mqtt/observation.ts";
import { Indicator, type OutputLine } from "../../io/output/indicator.ts";
import { untilAskedToStop } from "../../io/program/process.ts";
import { systemClock } from "../../io/time/clock.ts";

/** Short, so that many edges are measured. */
const BEAT_MS = 50;
const BLINK: Pattern = {
  intro: [],
  loop: [{ on: true, ms: BEAT_MS }, { on: false, ms: BEAT_MS }],
};
/** An edge that is early by more than this belongs to the previous beat, and is late. */
const TOO_EARLY_MS = 5;
const NOTHING: Pattern = { intro: [], loop: [] };
const SHOWN: Indication = { kind: "dead", led: BLINK, buzzer: NOTHING, lamp: NOTHING };
const TIMING = { suspectAfterMs: 900, deadAfterMs: 3_000, willAfterMs: 0, rebootWithinMs: 180_000 };
const TOPIC_ROOT = "rpi-cluster";
const SELF = "player";

/** Records the instants at which it was set. */
class Recording implements OutputLine {
  readonly atMs: number[] = [];

  set(_on: boolean): void {
    this.atMs.push(performance.now());
  }

  [Symbol.dispose](): void {}
}

/** The deviation of each edge from its due time, counted from the first edge. */
function deviations(atMs: readonly number[]): readonly number[] {
  const [startMs = 0, ...edges] = atMs;
  // The last edge is the end of the pattern.
  return edges.slice(0, -1).map((ms) => {
    const dueMs = Math.floor((ms - startMs + TOO_EARLY_MS) / BEAT_MS) * BEAT_MS;
    return Math.abs(ms - startMs - dueMs);
  });
}

const [port, readEveryMs] = Deno.args.map(Number);
using asked = untilAskedToStop();
const led = new Recording();
const inbox = new Inbox<ClusterInput | SilenceInput>();
const observer = crypto.randomUUID();
const machine = trackerMachine({ timing: TIMING, observer, self: SELF, firstGraceMs: 10_000 }, {
  holdMs: 4_000,
});
let heard = 0;
{
  using indicator = new Indicator({ led });
  await using observation = new Observation({
    node: { id: SELF },
    mqtt: {
      ...{ host: "127.0.0.1", port: port ?? 1883, tls: false },
      ...{ topicRoot: TOPIC_ROOT, reconnectMs: 2_000 },
    },
    program: "tracker",
    clock: systemClock,
    reading: { pace: { everyMs: readEveryMs ?? 0 } },
    observer,
    echoTopic: topicsOf(TOPIC_ROOT).echo(SELF),
    filters: [topicsOf(TOPIC_ROOT).all],
    pathOf: () => ({ reach: "unknown" }),
    inbox,
    onUp: () => indicator.show(SHOWN),
    isWatched: () => true,
    onLeftOut: () => {},
  });
  const turns = drive({
    machine,
    initial: newTracker(newCluster([])),
    inbox,
    clock: systemClock,
    stop: asked.signal,
  });
  for await (const { input, outputs } of stepsOf(turns)) {
    if (input.kind === "evidence") heard++;
    for (const output of outputs) {
      if (output.kind === "send_echo") observation.sendEcho(output.seq);
    }
  }
}
console.log(JSON.stringify({ heard, offMs: deviations(led.atMs) }));
