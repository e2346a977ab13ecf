/** Every view at every size and in every light: nothing is cut off, unreadable, or closed to anyone. */

import assert from "node:assert/strict";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Hub, startHub } from "../support/program/programs.ts";
import { contrastFaults } from "./contrast.ts";
import { look } from "./look.ts";

const NAMES = ["John Snow", "Arya Stark", "Bran Stark", "Khal Drogo", "Sansa Stark", "Tyrion"];
const GROUPS = "wall: john-snow, khal-drogo; winterfell: arya-stark, bran-stark, sansa-stark";
const VIEWS = {
  node: "/nodes/john-snow",
  incidents: "/incidents",
  alarm: "/alarm",
  add: "/add",
  sessions: "/sessions",
};

Deno.test("every view is whole, readable and open to everyone, on phone and desktop, in light and dark", async () => {
  await using stage = new AsyncDisposableStack();
  const hub = await startCluster(stage);
  const chromium = stage.use(await startChromium());
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is down");
    await page.locator('[data-delivery][data-state="accepted"]').waitFor();
    await look(chromium, page, "home-cards");
    await page.getByText("Rows", { exact: true }).click();
    await page.locator(".node-row").first().waitFor();
    await look(chromium, page, "home-rows");
    for (const [name, path] of Object.entries(VIEWS)) {
      await page.goto(new URL(path, hub.url).href);
      await page.locator(".link.is-live").waitFor();
      await look(chromium, page, name);
    }
  });
});

Deno.test("the page speaks German to whoever reads German", async () => {
  await using stage = new AsyncDisposableStack();
  const hub = await startCluster(stage);
  const chromium = stage.use(await startChromium({ locale: "de-DE" }));
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await page.getByLabel("Passwort").fill(hub.password);
    await chromium.picture("login-german");
    await page.getByRole("button", { name: "Anmelden" }).click();
    await verdict(page, "John Snow ist ausgefallen");
    assert.equal(await page.title(), "John Snow ist ausgefallen");
    assert.equal(await page.locator("html").getAttribute("lang"), "de");
    await card(page, "arya-stark", "läuft");
    await page.getByText("Temperatur").first().waitFor();
    await page.getByText("48,2 °C").first().waitFor();
    await look(chromium, page, "home-german");
  });
});

Deno.test("on paper a view is black on white, without what only a screen can do", async () => {
  await using stage = new AsyncDisposableStack();
  const hub = await startCluster(stage);
  const chromium = stage.use(await startChromium());
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await verdict(page, "John Snow is down");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const selector of [".tools", ".places", ".device"]) {
      assert.equal(await page.locator(selector).isVisible(), false, selector);
    }
    const ground = "getComputedStyle(document.body).backgroundColor";
    assert.equal(await page.evaluate(ground), "rgb(255, 255, 255)");
    assert.deepEqual(await contrastFaults(page), []);
    await chromium.picture("home-print");
    await page.goto(new URL("/incidents", hub.url).href);
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    await chromium.picture("incidents-print");
  });
});

/** Six nodes in two groups and none, one of them dead and told. */
async function startCluster(stage: AsyncDisposableStack): Promise<Hub> {
  const broker = stage.use(await Mosquitto.start());
  const hub = stage.use(
    await startHub({
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      cluster: { groups: GROUPS },
      hub: { broker: "none" },
      alerts: { hold: "0s", group: "0s" },
      sms: { provider: "print", to: "+491701234567" },
    }),
  );
  // What is said before it listens is lost to it, but for what is retained.
  await hub.untilSeeing();
  const client = stage.use(await TestClient.connect({ port: broker.port }));
  const nodes = await Promise.all(NAMES.map(async (name, index) =>
    stage.use(
      await PretendNode.start(client, {
        id: name.toLowerCase().replace(" ", "-"),
        name,
        facts: {
          model: "Raspberry Pi 4 Model B Rev 1.4",
          addresses: [`192.168.1.${20 + index}`],
          version: "0.1.0",
          remote: [`ssh://pi@192.168.1.${20 + index}`, `http://192.168.1.${20 + index}/`],
        },
        vitals: {
          temperature: index === 5
            ? { value: 78.1, level: "warning" }
            : { value: 48.2, level: "ok" },
          cpu: { value: 12 + index, level: "ok" },
          memory: index === 2 ? { value: 98, level: "critical" } : { value: 40, level: "ok" },
          disk: { value: 61, level: "ok" },
          under_voltage: index === 3
            ? { value: null, level: "not_supported" }
            : { value: false, level: "ok" },
        },
      }),
    )
  ));
  await hub.waitForLiveness("tyrion", "alive");
  await nodes[0]?.[Symbol.asyncDispose]();
  await hub.waitForLiveness("john-snow", "dead");
  return hub;
}
