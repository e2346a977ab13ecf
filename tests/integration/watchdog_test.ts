/** What a tracker tells systemd, and when it no longer does. */

import assert from "node:assert/strict";
import { freePort } from "../support/free_port.ts";
import { NotifySocket } from "../support/notify_socket.ts";
import { startTracker } from "../support/programs.ts";
import { until } from "../support/until.ts";

const WATCHDOG_MS = 300;
/** So many times over a tracker that runs would have told. */
const PATIENCE = 5;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("a tracker tells systemd that it has started and that it does not hang", async () => {
  await using systemd = await NotifySocket.open();
  const watchdog = ["NOTIFY_SOCKET=" + systemd.path, `WATCHDOG_USEC=${WATCHDOG_MS * 1000}`];
  const config = { mqtt: { url: `mqtt://127.0.0.1:${freePort()}` }, node: { id: "arya" } };
  await using tracker = await startTracker(config, { through: ["env", ...watchdog] });
  await until("READY", () => systemd.told.includes("READY=1"));
  await until("the watchdog's share", () => systemd.told.length > 3);
  assert.deepEqual(systemd.told.slice(0, 4), ["READY=1", ...Array(3).fill("WATCHDOG=1")]);

  tracker.process.signal("SIGSTOP");
  // What was on its way when it froze.
  await pause(WATCHDOG_MS);
  const before = systemd.told.length;
  await pause(WATCHDOG_MS * PATIENCE);
  assert.equal(systemd.told.length, before, "a frozen tracker tells nothing");
  tracker.process.signal("SIGCONT");
  await until("the watchdog again", () => systemd.told.length > before);

  await tracker.stop();
  await until("STOPPING", () => systemd.told.includes("STOPPING=1"));
  assert.equal(systemd.told.at(-1), "STOPPING=1");
});
