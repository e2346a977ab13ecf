/** The page never shows old news as live: hub gone, hub frozen, hub blind, tab asleep. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Hub, startAgent, startHub } from "../support/program/programs.ts";
import { isInTime, patience } from "../support/time/patience.ts";
import { until } from "../support/time/until.ts";

/** The page waits for 10 s of silence before it gives a connection up. */
const SILENCE: { readonly timeout: number } = { timeout: patience(20_000) };
/** Longer than the silence after which a page trusts nothing. */
const LONG_SLEEP_MS = 12_000;

Deno.test("a killed hub stops all clocks and takes the green away, until it is back", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await hub.kill();

    const john = await card(page, "john-snow", "was up");
    await verdict(page, /^No connection to the hub for \d+ (s|min)( \d+ s)?$/);
    assert.equal(await page.title(), "No connection to the hub");
    await page.getByText(/^What you see is from \d\d:\d\d:\d\d\.$/).waitFor();
    await page.getByText("not live").waitFor();
    assert.equal(await page.locator(".page.stale").count(), 1);
    const age = await john.locator(".age").innerText();
    // Not the seconds below five, which may be those of before.
    await verdict(page, /for ([5-9]|\d\d) s$|for \d+ min/);
    assert.equal(await john.locator(".age").innerText(), age, "the clocks stand still");
    await chromium.picture("lost-desktop-light");

    await hub.start();
    await verdict(page, "John Snow is up");
    await card(page, "john-snow", "up");
    assert.equal(await page.locator(".page.stale").count(), 0);
  });
});

Deno.test("a hub that hangs is noticed by its silence, though the connection stands", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    hub.process.signal("SIGSTOP");
    await page.getByText("not live").waitFor(SILENCE);
    await verdict(page, /^No connection to the hub for (\d\d s|\d+ min.*)$/);
    hub.process.signal("SIGCONT");
    await verdict(page, "John Snow is up");
  });
});

Deno.test("a hub that lost its broker says that it is blind, and greys what it knew", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startBlindable(broker.port);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    {
      await using client = await TestClient.connect({ port: broker.port });
      await using _node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
      await verdict(page, "John Snow is up");
      await broker.stop();
    }
    await verdict(page, /^The hub has not seen the broker since (\d+ \w+ )?\d\d:\d\d$/);
    await card(page, "john-snow", "was up");
    await page.getByText("It has no connection to the broker.").waitFor();
    await page.locator(".link.is-live").waitFor();
    await chromium.picture("blind-desktop-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await chromium.picture("blind-desktop-dark");

    await broker.start();
    await using client = await TestClient.connect({ port: broker.port });
    await using _node = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
    await verdict(page, "John Snow is up");
  });
});

Deno.test("a tab that slept wakes without showing old news as live", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await recordTitles(page);
    const asleepMs = performance.now();
    chromium.sleep();
    try {
      await agent.kill();
      await hub.waitForLiveness("john-snow", "dead");
      // What came meanwhile waits in the socket; the page has to see for how long it slept.
      await until("a long sleep", () => performance.now() - asleepMs > LONG_SLEEP_MS, {
        withinMs: 2 * LONG_SLEEP_MS,
      });
    } finally {
      chromium.wake();
    }
    await verdict(page, "John Snow is down");
    // A machine that stands still may lose the hub once more.
    const titles = await page.evaluate<string[]>("titles");
    assert.equal(titles[0], "No connection to the hub");
    assert.deepEqual([...new Set(titles)], ["No connection to the hub", "John Snow is down"]);
  });
});

Deno.test("a page that the browser freezes claims nothing while it is frozen", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using _agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is up");
    await recordTitles(page);
    // Chromium freezes hidden tabs alone, and a headless one is never hidden.
    await page.evaluate('document.dispatchEvent(new Event("freeze"))');
    await page.waitForFunction('titles[0] === "No connection to the hub"');
    await verdict(page, "John Snow is up");
  });
});

Deno.test("a node's age ticks each second by the hub's time, whatever the browser's calendar says", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await using agent = await startAgent(await hub.enrol("john-snow", "John Snow"));
  await chromium.story(async (page) => {
    // A browser that lives ten years ago.
    await page.addInitScript("{ const now = Date.now; Date.now = () => now() - 315360000000; }");
    await openPage(page, hub);
    const john = await card(page, "john-snow", "up");
    await agent.kill();
    const killedMs = performance.now();
    const ages = new Set<string>();
    await until("seven different ages", async () => {
      ages.add(await john.locator(".age").innerText());
      return ages.size >= 7;
    });
    const sinceKilledMs = performance.now() - killedMs;
    // A machine that stands still skips some.
    const [now, ...seconds] = [...ages];
    assert.equal(now, "last heard just now");
    const counts = seconds.map((age) => Number(/^last heard (\d+) s ago$/.exec(age)?.[1]));
    const steps = counts.slice(1).map((count, index) => count - (counts[index] ?? 0));
    assert.ok(counts[0] === 2 || Math.min(...steps) === 1, `${[...ages]}`);
    assert.ok(steps.every((step) => step > 0), `${[...ages]}`);
    const offMs = Math.abs((counts.at(-1) ?? NaN) * 1000 - sinceKilledMs);
    // It was last heard up to a second before it was killed, and shows whole seconds.
    assert.ok(isInTime(offMs - 2000, 1000), `${[...ages]} after ${sinceKilledMs} ms`);
  });
});

async function startBlindable(brokerPort: number): Promise<Hub> {
  const hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${brokerPort}` },
    hub: { broker: "none" },
  });
  try {
    await hub.untilSeeing();
    return hub;
  } catch (error) {
    await hub[Symbol.asyncDispose]();
    throw error;
  }
}

/** Collects every title from now on, as someone would see it who never looks away. */
async function recordTitles(page: Page): Promise<void> {
  await page.evaluate(`{
    globalThis.titles = [];
    const title = document.querySelector("title");
    new MutationObserver(() => titles.push(document.title)).observe(title, { childList: true });
  }`);
}
