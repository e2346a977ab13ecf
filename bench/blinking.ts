/** The cost of an alarm that blinks for an hour: compares a tracker that shows a death with a quiet one. */

import { Mosquitto } from "../tests/support/broker/mosquitto.ts";
import { startTracker, type TestProgram } from "../tests/support/program/programs.ts";
import { cpuSecondsOf } from "./process_figures.ts";

const HOUR_MS = 3_600_000;
/** Programs settle before their CPU is counted, because start-up is a separate figure. */
const SETTLE_MS = 20_000;
/** A node that is never heard counts as dead after the first grace, which is long after a boot. */
const DEAD_WITHIN_MS = 180_000;

/**
 * Both trackers use the same lines, which this machine does not have. So each beat of the pattern
 * runs, except the system call that sets a line.
 */
export async function benchBlinking(minutes: number): Promise<readonly string[]> {
  await using parts = new AsyncDisposableStack();
  const broker = parts.use(await Mosquitto.start());
  const start = async (id: string, nodes: string) =>
    parts.use(
      await startTracker({
        mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
        node: { id },
        cluster: { nodes },
        rpi: { led: 17, buzzer: 27 },
      }, { compiled: true }),
    );
  const quiet = await start("quiet", "");
  const blinking = await start("blinking", "ghost");
  await blinking.process.line(/a Pi is down/, { withinMs: DEAD_WITHIN_MS });
  await pause(SETTLE_MS);

  const trackers = [quiet, blinking];
  const before = trackers.map(cpuOf);
  const beganMs = performance.now();
  await pause(minutes * 60_000);
  const passedMs = performance.now() - beganMs;
  const [still = 0, alarmed = 0] = trackers.map((tracker, index) =>
    (cpuOf(tracker) - (before[index] ?? 0)) * HOUR_MS / passedMs
  );
  return [
    `an alarm that blinks, CPU an hour: ${alarmed.toFixed(1)} s, without it ${
      still.toFixed(1)
    } s ` +
    `(measured for ${minutes} minutes)`,
  ];
}

function cpuOf({ process }: TestProgram): number {
  return cpuSecondsOf(process.pid);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
