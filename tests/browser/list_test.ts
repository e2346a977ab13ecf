/** The list of nodes: cards and rows, groups, filter, availability, links, and a thousand of them. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { PHONE } from "../support/page/chromium.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { heapBytes } from "../support/page/page_heap.ts";
import { NodeLoad } from "../support/page/page_load.ts";
import { type Hub, type Sections, startHub } from "../support/program/programs.ts";
import { patience } from "../support/time/patience.ts";
import { until } from "../support/time/until.ts";

const MANY = 1000;
/** More than a window of a desktop and what is kept ready around it can need. */
const ROWS_MAX = 100;
/** Far below what one leak for each heartbeat would come to: twenty thousand of them are heard. */
const GROWTH_BYTES_MAX = 1_500_000;
/** A thousand nodes come up one after the other, on two slow cores. */
const LOAD = { timeout: patience(60_000) };

async function startHubOf(broker: Mosquitto, config: Sections = {}): Promise<Hub> {
  const hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
    ...config,
  });
  await hub.untilSeeing();
  return hub;
}

Deno.test("rows or cards is the reader's choice, remembered, and made with the keyboard too", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await using client = await TestClient.connect({ port: broker.port });
    await using _snow = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
    await openPage(page, hub);
    await card(page, "john-snow", "up");
    await page.getByRole("radio", { name: "Cards" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator('.node-row[data-node="john-snow"]').waitFor();
    assert.equal(await page.locator(".card").count(), 0);
    await page.reload();
    await page.locator('.node-row[data-node="john-snow"]').waitFor();
  });
});

Deno.test("a browser that stores nothing still shows rows when they are chosen", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await page.addInitScript(`
      Object.defineProperty(globalThis, "localStorage", {
        get() { throw new DOMException("refused", "SecurityError"); },
      });
    `);
    await using client = await TestClient.connect({ port: broker.port });
    await using _snow = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
    await openPage(page, hub);
    await card(page, "john-snow", "up");
    await page.getByText("Rows", { exact: true }).click();
    await page.locator('.node-row[data-node="john-snow"]').waitFor();
  });
});

Deno.test("groups are sections, the filter finds, and a node's own links are safe to click", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker, {
    cluster: { groups: "wall: john-snow; winterfell: arya, bran" },
  });
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    const remote = [
      "ssh://pi@john-snow.local",
      "http://192.168.1.20:8080/",
      "javascript:alert(1)",
      "data:text/html,<script>alert(2)</script>",
    ];
    nodes.use(
      await PretendNode.start(client, { id: "john-snow", name: "John Snow", facts: { remote } }),
    );
    for (const id of ["arya", "bran", "hodor"]) {
      nodes.use(await PretendNode.start(client, { id, name: id }));
    }
    await openPage(page, hub);
    await verdict(page, "All 4 Pis are up");
    const groups = page.locator(".group-name bdi");
    assert.deepEqual(await groups.allInnerTexts(), ["wall", "winterfell", "Other Pis"]);

    const links = page.locator('[data-node="john-snow"] .remote');
    assert.deepEqual(await links.allInnerTexts(), ["SSH", "Web"]);
    assert.equal(await links.nth(0).getAttribute("href"), "ssh://pi@john-snow.local");
    for (const link of await links.all()) {
      assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
    }

    await page.keyboard.press("/");
    await page.keyboard.type("winter ar");
    await page.getByText("1 of 4 Pis").waitFor();
    assert.deepEqual(await groups.allInnerTexts(), ["winterfell"]);
    await page.getByRole("searchbox").fill("hodor hodor hodor nobody");
    await page.getByText("No Pi matches the filter.").waitFor();
  });
});

Deno.test("a bar says from when to when a node was up, to mouse, finger and keyboard", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await using client = await TestClient.connect({ port: broker.port });
    await using _snow = await PretendNode.start(client, { id: "john-snow", name: "John Snow" });
    await hub.waitForLiveness("john-snow", "alive");
    await openPage(page, hub);
    const bar = (await card(page, "john-snow", "up")).getByRole("slider");
    await bar.waitFor();
    const box = await bar.boundingBox();
    assert.ok(box);
    // A node of some seconds is too little of a day to be pointed at: the rest of the day is there.
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const told = page.locator(".availability-text");
    await told.getByText(/^unknown from .*\d\d:\d\d to .*\d\d:\d\d \(/).waitFor();
    await page.mouse.move(0, 0);
    await told.waitFor({ state: "hidden" });

    await bar.focus();
    await page.keyboard.press("Home");
    await told.getByText(/^unknown from /).waitFor();
    assert.match(await bar.getAttribute("aria-valuetext") ?? "", /^unknown from /);
    await page.keyboard.press("End");
    await told.getByText(/^up from /).waitFor();
    await page.keyboard.press("Escape");
    await told.waitFor({ state: "hidden" });

    await page.getByText("30 d", { exact: true }).click();
    await page.getByRole("slider", { name: /last 30 d/ }).waitFor();
  });
});

Deno.test("of a thousand nodes only those that are seen are in the document, in every look and size", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using load = await NodeLoad.start(broker.port, MANY);
    await page.getByRole("heading", { name: `All ${MANY} Pis are up` }).waitFor(LOAD);
    for (const look of ["Cards", "Rows"]) {
      await page.getByText(look, { exact: true }).click();
      await untilBounded(page);
      await until(`other ${look}`, async () => {
        // The list's height is a guess until its lines were seen: its middle may move.
        await page.evaluate("scrollTo(0, document.body.scrollHeight / 2)");
        const first = await page.locator("[data-node]").first().getAttribute("data-node") ?? "";
        return first > "pi-0200" && first < "pi-0800";
      });
      await untilBounded(page);
      // After printing, for which the list is whole, the page is where it was.
      const place = await page.evaluate<number>("scrollY");
      await page.pdf();
      await until(`the place in ${look} after printing`, async () => {
        return Math.abs(await page.evaluate<number>("scrollY") - place) < 1000;
      });
      await untilBounded(page);
      await page.evaluate("scrollTo(0, 0)");
      await page.locator('[data-node="pi-0001"]').waitFor();
    }
    await page.setViewportSize(PHONE);
    await untilBounded(page);
    await chromium.picture("thousand-phone-light", { wholePage: false });

    // Whoever has the focus keeps it, however far one scrolls.
    const first = page.locator('[data-node="pi-0001"] .node-link');
    await first.focus();
    await page.evaluate("scrollTo(0, document.body.scrollHeight / 2)");
    await until("rows far down", async () => {
      const last = await page.locator("[data-node]").last().getAttribute("data-node") ?? "";
      return last > "pi-0200" && last < "pi-0999";
    });
    const focused = "document.activeElement.closest('[data-node]')?.dataset.node";
    assert.equal(await page.evaluate(focused), "pi-0001");

    // Trouble comes to the top, and leads to its own view and back.
    load.cut("pi-0777");
    await verdict(page, "Node pi-0777 is down");
    await page.evaluate("scrollTo(0, 0)");
    const dead = page.locator("[data-node]").first();
    await until(
      "the dead node at the top",
      async () => await dead.getAttribute("data-node") === "pi-0777",
    );
    await page.getByRole("searchbox").fill("pi-09");
    await page.getByText(`100 of ${MANY} Pis`).waitFor();

    // Whoever comes back from a node finds the list as he left it.
    const last = page.locator('[data-node="pi-0990"] .node-link');
    await page.evaluate("scrollTo(0, 6000)");
    await until("a row far down", async () => await last.count() === 1);
    await last.click();
    await page.waitForURL("**/nodes/pi-0990");
    await page.goBack();
    await page.getByText(`100 of ${MANY} Pis`).waitFor();
    await last.waitFor();
    await until("the place in the list", async () => await page.evaluate<number>("scrollY") > 1000);
  });
});

Deno.test("a page that is open for long grows no memory, though a thousand nodes are heard each second", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using _load = await NodeLoad.start(broker.port, MANY);
    await page.getByRole("heading", { name: `All ${MANY} Pis are up` }).waitFor(LOAD);
    // All that is made once is made after ten seconds.
    await lapse(page, 10);
    const before = await heapBytes(page);
    await lapse(page, 20);
    const after = await heapBytes(page);
    assert.ok(after < before + GROWTH_BYTES_MAX, `${before} bytes became ${after}`);
  });
});

/** Until the page's own clock of the hub has gone on by so many seconds: all of them were lived. */
async function lapse(page: Page, seconds: number): Promise<void> {
  const begun = performance.now();
  const first = await page.locator(".hub-time").innerText();
  await until(`${seconds} s of the page`, async () =>
    performance.now() - begun > seconds * 1000 &&
    await page.locator(".hub-time").innerText() !== first, { withinMs: 5000 * seconds });
}

async function untilBounded(page: Page): Promise<void> {
  await until("few rows in the document", async () => {
    const count = await page.locator("[data-node]").count();
    return count > 3 && count < ROWS_MAX;
  });
}
