/** A name that is another node's is told with the id, the same everywhere: page, terminal, verdicts. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { ROOT } from "../support/program/cluster.ts";
import { startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

/** Waits until a card's heading is this. */
async function named(page: Page, id: string, name: string): Promise<void> {
  await page.locator(`.card[data-node="${id}"] h3`).getByText(name, { exact: true }).waitFor();
}

Deno.test("whoever takes another node's name, or a link, is told with his id on the page, by hub status and in verdicts", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
    alerts: { hold: "0s", group: "0s" },
  });
  await hub.untilSeeing();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    const start = async (id: string, name: string) =>
      nodes.use(await PretendNode.start(client, { id, name }));
    await start("john-snow", "John Snow");
    await named(page, "john-snow", "John Snow");
    const thief = await start("pi-7", "J0hn  Snow");
    await start("pi-8", "evil.example/login");
    await named(page, "pi-7", "J0hn  Snow (pi-7)");
    await named(page, "john-snow", "John Snow (john-snow)");
    await named(page, "pi-8", "evil. example/login (pi-8)");

    await thief[Symbol.asyncDispose]();
    await card(page, "pi-7", "down");
    await verdict(page, /^J0hn {1,2}Snow \(pi-7\) is down$/);
    await look(chromium, page, "taken-name");
    const { text } = await hub.run("status");
    assert.match(text, /^J0hn {2}Snow \(pi-7\) is down\.$/m);
    assert.match(text, / John Snow \(john-snow\) /);
    assert.match(text, / evil\. example\/login \(pi-8\) /);

    const reader = nodes.use(await TestClient.connect({ port: broker.port }));
    await reader.subscribe(`${ROOT}/hub/verdicts/+`, 1);
    const verdictOf = async (id: string, name: string) =>
      await reader.heard(
        `the verdict on ${id}`,
        ({ topic, payload }) => topic.endsWith(`/${id}`) && JSON.parse(payload).name === name,
      );
    await verdictOf("john-snow", "John Snow (john-snow)");
    await verdictOf("pi-7", "J0hn  Snow (pi-7)");

    await page.goto(`${hub.url}/nodes/pi-7`);
    await verdict(page, /^J0hn {1,2}Snow \(pi-7\)$/);
    await page.getByRole("button", { name: "Rename" }).click();
    const field = page.getByRole("dialog").getByRole("textbox");
    assert.equal(await field.inputValue(), "J0hn  Snow", "what it calls itself, without the id");
    // 64 characters as people count them, of eleven UTF-16 units each.
    const family = "👨‍👩‍👧‍👦";
    await field.fill(family.repeat(65));
    assert.equal(await field.inputValue(), family.repeat(64));
    await field.fill("Attic");
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
    await verdict(page, "Attic");
    await page.goto(hub.url);
    await named(page, "john-snow", "John Snow");
    await named(page, "pi-7", "Attic");
    await verdictOf("john-snow", "John Snow");
  });
});
