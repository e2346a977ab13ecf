/** What holds for all views beyond the first: strangers' words are text, and readers of German read German. */

import assert from "node:assert/strict";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { openPage, startChromium } from "../support/page/open_page.ts";
import { type Hub, startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

const PATHS = ["/nodes/evil", "/incidents", "/alarm", "/add", "/sessions"];
const MARKUP = `<img src=x onerror="alert(1)">`;
const TURNED = "\u202Eevil\u202E";

async function startHubOf(broker: Mosquitto): Promise<Hub> {
  return await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
  });
}

Deno.test("names, facts and vitals of strangers are text on every view", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await using client = await TestClient.connect({ port: broker.port });
  await using _node = await PretendNode.start(client, {
    id: "evil",
    name: `${MARKUP}${TURNED}`,
    facts: { model: MARKUP, [MARKUP]: "W".repeat(250), addresses: [MARKUP, TURNED] },
    vitals: {
      temperature: { value: 1e9, level: "critical" },
      [MARKUP]: { value: -1, level: "warning" },
      ["w".repeat(60)]: { value: 7, level: "ok" },
    },
  });
  await hub.waitForLiveness("evil", "alive");
  await chromium.story(async (page) => {
    await openPage(page, hub);
    for (const path of PATHS) {
      await page.goto(hub.url + path);
      await page.locator("h1").waitFor();
      await page.locator(".link.is-live").waitFor();
      if (path === "/nodes/evil") await page.locator("canvas").first().waitFor();
      await look(chromium, page, `hostile${path.replaceAll("/", "-")}`);
      assert.equal(await page.locator("img").count(), 0, path);
    }
    const violations = chromium.console.filter((line) => line.includes("Content Security Policy"));
    assert.deepEqual(violations, [], "charts need no style or code that the policy forbids");
  });
});

Deno.test("every view speaks German to whoever reads German", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium({ locale: "de-DE" });
  await using client = await TestClient.connect({ port: broker.port });
  await using _node = await PretendNode.start(client, {
    id: "evil",
    name: "Dänerys",
    vitals: { temperature: { value: 48.2, level: "ok" } },
  });
  await hub.waitForLiveness("evil", "alive");
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await page.getByLabel("Passwort").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.locator(".link.is-live").waitFor();
    const words = ["Messwerte im Verlauf", "Welche Vorfälle", "Summer", "Kennung", "angemeldet"];
    for (const [index, path] of PATHS.entries()) {
      await page.goto(hub.url + path);
      await page.locator("h1").waitFor();
      await page.locator(".link.is-live").waitFor();
      await page.waitForFunction(`document.body.innerText.includes("${words[index]}") ||
        document.querySelector('[aria-label="${words[index]}"]') !== null`);
      await chromium.picture(`german${path.replaceAll("/", "-")}`);
    }
  });
});
