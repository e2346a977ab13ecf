/**
 * A hub whose wall clock is set while it runs: 56 years forward, as after a boot, or an hour back.
 */

import assert from "node:assert/strict";
import { act, post, summaryOf } from "../../support/page/hub_actions.ts";
import { session } from "../../support/page/hub_http.ts";
import { Watcher } from "../../support/page/watcher.ts";
import { type Hub, startAgent, startHub } from "../../support/program/programs.ts";
import { FakeCalendar } from "../../support/time/faketime.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";

const HOUR_MS = 3_600_000;
const YEARS_MS = 56 * 365 * 24 * HOUR_MS;
const PATIENCE = { withinMs: 60_000 };
const CONFIG = {
  cluster: QUICK_DEATHS,
  alerts: { hold: "0s", group: "0s" },
  sms: { provider: "print" },
};

async function isLoggedIn(hub: Hub, cookie: string): Promise<boolean> {
  const response = await hub.fetch("/api/v1/deliveries", { headers: { Cookie: cookie } });
  await response.body?.cancel();
  return response.ok;
}

async function inForce(hub: Hub, nowMs: number): Promise<readonly string[]> {
  return summaryOf(await hub.api("/api/v1/alarm"), nowMs);
}

for (
  const { what, aheadMs } of [
    { what: "56 years forth", aheadMs: -YEARS_MS },
    { what: "an hour back", aheadMs: HOUR_MS },
  ]
) {
  for (const isKilled of [false, true]) {
    const when = isKilled ? `${what}, and is killed at that moment` : what;
    Deno.test(`a hub whose calendar is set ${when}, tells nobody of a maintenance`, async () => {
      using calendar = new FakeCalendar();
      calendar.set(aheadMs);
      await using hub = await startHub(CONFIG, { through: calendar.through });
      await using snow = await startAgent(await hub.enrol("john-snow", "John Snow"));
      await using arya = await startAgent(await hub.enrol("arya", "Arya"));
      await hub.waitForLiveness("john-snow", "alive", PATIENCE.withinMs);
      await hub.waitForLiveness("arya", "alive", PATIENCE.withinMs);
      const cookie = await session(hub);
      await act(hub, "maintenance", { node: "john-snow", for: "2h" });
      await act(hub, "silence", { for: "20m" });
      await snow.kill();
      await hub.waitForLiveness("john-snow", "dead", PATIENCE.withinMs);

      await using page = new Watcher(hub, { Cookie: cookie });
      await page.until("the death", ({ incidents }) => incidents.length > 0);

      calendar.set(0);
      const steppedMs = Date.now();
      if (isKilled) {
        await hub.kill();
        await hub.start();
      }
      await hub.process.line("the wall clock stepped", PATIENCE);
      if (!isKilled) {
        const isRecent = (instant: string | null) =>
          Math.abs(Date.now() - Date.parse(instant ?? "")) < 10 * 60_000;
        await page.until(
          "all that it shows to be dated anew",
          ({ incidents, nodes }) =>
            incidents.every(({ died_at }) => isRecent(died_at)) &&
            nodes.every((node) => isRecent(node.since) && isRecent(node.last_heartbeat_at)),
          PATIENCE,
        );
      }
      assert.deepEqual((await inForce(hub, steppedMs)).toSorted(), [
        "maintained john-snow 120m",
        "silenced all 20m",
      ]);
      assert.equal(await isLoggedIn(hub, cookie), true);

      await hub.waitForLiveness("arya", "alive", PATIENCE.withinMs);
      await arya.kill();
      await hub.process.until(
        "the message about the other Pi",
        async () => (await hub.deliveries()).some(({ text }) => text.includes("Arya")),
        PATIENCE,
      );
      const [message, ...others] = await hub.deliveries();
      assert.deepEqual(others, []);
      assert.doesNotMatch(message?.text ?? "", /John Snow/);
      for (const { name, died_at } of await hub.incidents()) {
        const agoMs = Date.now() - Date.parse(died_at);
        assert.ok(agoMs >= -2000 && agoMs < 10 * 60_000, `${name} died at ${died_at}`);
      }
      // It ends at the intended time, and people are notified then.
      const response = await post(hub, "maintenance", { node: "john-snow", for: "0s" });
      await response.body?.cancel();
      await hub.process.until(
        "the message about the Pi whose maintenance is over",
        async () => (await hub.deliveries()).some(({ text }) => text.includes("John Snow")),
        PATIENCE,
      );
      for (const { id, since, last_heartbeat_at } of await hub.nodes()) {
        for (const at of [since, last_heartbeat_at]) {
          const agoMs = Date.now() - Date.parse(at ?? "");
          assert.ok(agoMs >= -2000 && agoMs < 10 * 60_000, `${id}: ${at}`);
        }
      }
    });
  }
}
