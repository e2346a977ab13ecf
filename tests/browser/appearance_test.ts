/** How the page looks, whatever strangers send: phone and desktop, light and dark. */

import assert from "node:assert/strict";
import { smsBy } from "../support/alerting/told.ts";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { DESKTOP, PHONE } from "../support/page/chromium.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Hub, startHub } from "../support/program/programs.ts";
import { writePast } from "../support/store/past.ts";
import { contrastFaults } from "./contrast.ts";
import { sidewaysOverflow } from "./look.ts";

const VITALS = {
  temperature: { value: 48.2, level: "ok" },
  cpu: { value: 97, level: "warning" },
  memory: { value: 98, level: "critical" },
  disk: { value: 61, level: "ok" },
  under_voltage: { value: null, level: "not_supported" },
};
/** As a stranger, or an agent of another time, might send them. */
const HOSTILE_VITALS = {
  "<img src=x onerror=alert(3)>": { value: 1, level: "ok" },
  [`w${"i".repeat(29)}de`]: { value: 1e300, level: "critical" },
  third: { value: 1 / 3, level: "ok" },
  "\u202Eturned": { value: -0.000001, level: "warning" },
  constructor: { value: true, level: "ok" },
  temperature: { value: 1e21, level: "critical" },
};
const FACTS = { model: "Raspberry Pi 4 Model B Rev 1.4", addresses: ["192.168.1.23"] };

async function startHubOf(broker: Mosquitto): Promise<Hub> {
  const hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
  });
  await hub.untilSeeing();
  return hub;
}

Deno.test("names of strangers are text, on one line, and cannot turn or widen the page", async () => {
  const names = {
    script: "<script>alert(1)</script>",
    image: `<img src=x onerror="alert(2)">`,
    rtl: "\u202Eevil\u202E \u05D0\u05D1\u05D2 (x)",
    wide: "W".repeat(64),
    blank: "\u200B",
  };
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    for (const [id, name] of Object.entries(names)) {
      const options = { id, name, facts: { model: name, remote: [name] }, vitals: HOSTILE_VITALS };
      nodes.use(await PretendNode.start(client, options));
    }
    await client.publish(
      "rpi-cluster/v1/nodes/huge/status",
      JSON.stringify({ kind: "birth", session: "s", name: "H".repeat(65_536), every_ms: 1000 }),
      { qos: 1, retain: true },
    );
    await verdict(page, "All 5 Pis are up");
    await page.getByText(/^Temperature$/).first().waitFor();
    const shown = async (id: string) =>
      await (await card(page, id, "up")).locator("h3").innerText();
    assert.equal(await shown("script"), names.script);
    assert.equal(await shown("image"), names.image);
    assert.equal(await shown("wide"), names.wide);
    assert.equal(await shown("blank"), "blank");
    assert.equal(await page.locator("script").count(), 1, "the page's own and no other");
    assert.equal(await page.locator("img").count(), 0);
    for (const size of [PHONE, DESKTOP]) {
      await page.setViewportSize(size);
      assert.equal(await sidewaysOverflow(page), 0);
    }
    await chromium.picture("hostile-desktop-light");
  });
});

Deno.test("twenty nodes fit a phone and a desktop, in light and dark, with enough contrast", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    const ids = Array.from({ length: 20 }, (_, index) => `pi-${index + 1}`);
    const all = await Promise.all(ids.map(async (id) => {
      const options = { id, name: `Pi ${id.slice(3)}`, facts: FACTS, vitals: VITALS };
      return nodes.use(await PretendNode.start(client, options));
    }));
    await verdict(page, "All 20 Pis are up");
    await all[6]?.farewell();
    await card(page, "pi-7", "stopped");
    // A node that only ever said that it exists, and then nothing, dies.
    await all[3]?.[Symbol.asyncDispose]();
    await card(page, "pi-4", "down");
    for (const [form, size] of Object.entries({ phone: PHONE, desktop: DESKTOP })) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        assert.equal(await sidewaysOverflow(page), 0, `${form} ${colorScheme}`);
        assert.deepEqual(await contrastFaults(page), [], `${form} ${colorScheme}`);
        await chromium.picture(`twenty-${form}-${colorScheme}`);
      }
    }
  });
});

Deno.test("six nodes, one of them dead, look as people expect", async () => {
  const healthy = {
    disk: { value: 33, level: "ok" },
    under_voltage: { value: false, level: "ok" },
  };
  const pis = [
    { name: "John Snow", model: "Raspberry Pi 4 Model B Rev 1.4", temperature: 48.2, cpu: 12 },
    { name: "Arya Stark", model: "Raspberry Pi Zero 2 W Rev 1.0", temperature: 52.6, cpu: 31 },
    { name: "Bran Stark", model: "Raspberry Pi 5 Model B Rev 1.0", temperature: 44.9, cpu: 4 },
    { name: "Khal Drogo", model: "Raspberry Pi 4 Model B Rev 1.2", temperature: 61.3, cpu: 64 },
    { name: "Sansa Stark", model: "Raspberry Pi 3 Model B+ Rev 1.3", temperature: 55.1, cpu: 9 },
    { name: "Tyrion Lannister", model: "Raspberry Pi 5 Model B Rev 1.0", temperature: 76, cpu: 22 },
  ];
  await using broker = await Mosquitto.start();
  await using double = new TwilioDouble();
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
    alerts: { hold: "0s", group: "0s" },
    ...smsBy(double),
  });
  await hub.stop();
  writePast(hub.statePath, pis.map(({ name }) => idOf(name)));
  await hub.start();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await page.setViewportSize({ width: 1200, height: 800 });
    await openPage(page, hub);
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    const start = async ({ name, model, temperature, cpu }: typeof pis[number], index: number) => {
      const level = temperature >= 75 ? "warning" : "ok";
      return nodes.use(
        await PretendNode.start(client, {
          id: idOf(name),
          name,
          facts: { model, addresses: [`192.168.1.${20 + index}`], version: "0.1.0" },
          vitals: {
            ...healthy,
            temperature: { value: temperature, level },
            cpu: { value: cpu, level: "ok" },
            memory: { value: 20 + 7 * index, level: "ok" },
          },
        }),
      );
    };
    const [john] = await Promise.all(pis.map(start));
    await verdict(page, "All 6 Pis are up");
    await page.getByRole("slider").nth(pis.length - 1).waitFor();
    await chromium.picture("readme-up-light");
    await john?.[Symbol.asyncDispose]();
    await verdict(page, "John Snow is down");
    await page.locator('[data-delivery][data-state="accepted"]').waitFor();
    assert.equal(await sidewaysOverflow(page), 0);
    await chromium.picture("readme-down-light");
    await page.emulateMedia({ colorScheme: "dark" });
    await chromium.picture("readme-down-dark");
  });
});

function idOf(name: string): string {
  return name.toLowerCase().replace(" ", "-");
}

Deno.test("the page obeys a policy that allows no code and no style but its own", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    const response = await page.goto(hub.url);
    const policy = response?.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    await page.getByLabel("Password").waitFor();
    await openPage(page, hub);
    await verdict(page, "No Pi has reported yet");
    const violations = chromium.console.filter((line) => line.includes("Content Security Policy"));
    assert.deepEqual(violations, []);
  });
});
