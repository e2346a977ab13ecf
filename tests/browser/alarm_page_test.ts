/** The view of the alarm: what LEDs and buzzers do and why, silence, and tests. */

import assert from "node:assert/strict";
import { smsBy, TO } from "../support/alerting/told.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { openPage, startChromium } from "../support/page/open_page.ts";
import { startAgent, startHub, startTracker } from "../support/program/programs.ts";
import { look } from "./look.ts";

Deno.test("the alarm is told in words, silenced, and its silence is heard on MQTT and ended", async () => {
  await using double = new TwilioDouble();
  double.statuses(TO, { status: "delivered" });
  await using hub = await startHub({
    alerts: { hold: "0s", group: "0s" },
    ...smsBy(double),
  });
  await using chromium = await startChromium();
  const password = hub.credential("listener");
  await using client = await TestClient.connect({
    port: hub.brokerPort,
    username: "listener",
    password,
  });
  await client.subscribe("rpi-cluster/v1/hub/alarm", 1);
  await client.subscribe("rpi-cluster/v1/alarm/test", 0);
  const config = await hub.enrol("john-snow", "John Snow");
  await using agent = await startAgent(config);
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await hub.waitForLiveness("john-snow", "alive");
    await page.goto(`${hub.url}/alarm`);
    await page.getByText(/^No tracker is heard: no LED and no buzzer/).waitFor();
    for (const name of ["Play the alarm", "For 20 min"]) {
      assert.equal(await page.getByRole("button", { name }).count(), 0, name);
    }
    assert.equal(await page.getByText("What the signs mean").count(), 0);
    await look(chromium, page, "alarm-no-tracker");
    await using _tracker = await startTracker(config);
    const led = page.locator('[data-device="LEDs"]');
    const buzzer = page.locator('[data-device="Buzzers"]');
    await led.getByText("because no Pi is late or down.").waitFor();
    await page.getByText(/^This applies to every Pi with a tracker: John Snow\./).waitFor();
    await agent.kill();
    await led.getByText("because John Snow is down.").waitFor();
    await led.getByText(/blink once a second/).waitFor();
    await buzzer.getByText(/^Buzzers sound/).waitFor();
    await look(chromium, page, "alarm");

    await page.getByRole("button", { name: "For 20 min" }).click();
    await page.getByRole("status").getByText(/silenced until (\d+ \w+ )?\d\d:\d\d\.$/).waitFor();
    await client.heard("the silence of 20 minutes", ({ topic, payload }) => {
      const { silenced_until } = topic.endsWith("/alarm") ? JSON.parse(payload) : {};
      const ms = Date.parse(silenced_until ?? "") - Date.now();
      return ms > 18 * 60_000 && ms < 21 * 60_000;
    });
    await buzzer.getByText(/^because somebody silenced what is down now, until/).waitFor();
    await page.getByRole("button", { name: "Until the next incident" }).click();
    await page.getByRole("status").getByText(/until the next incident\.$/).waitFor();
    await chromium.picture("alarm-silenced-desktop-light");
    client.messages.length = 0;
    await page.getByRole("button", { name: "End it" }).click();
    await page.getByText("Nothing is silenced, and nothing is in maintenance.").waitFor();
    await client.heard("the end of the silence", ({ topic, payload }) => {
      return topic.endsWith("/alarm") && JSON.parse(payload).silenced_until === null;
    });

    await page.getByRole("button", { name: "Play the alarm" }).click();
    await page.getByText("John Snow was asked to play its alarm for 5 s.").waitFor();
    const test = await client.heard("the test of an alarm", ({ topic }) => topic.endsWith("/test"));
    assert.deepEqual(JSON.parse(test.payload), { node: "john-snow" });

    await page.getByRole("button", { name: "Send a test message" }).click();
    await page.getByText("1 message: 1 went out.").waitFor();
    await page.getByText(`SMS to ${TO}`).waitFor();
    await page.getByRole("button", { name: "Send a test message" }).click();
    await page.getByRole("status").getByText(/try again in \d+ (s|min)/).waitFor();
    await look(chromium, page, "alarm-tested");
  });
});
