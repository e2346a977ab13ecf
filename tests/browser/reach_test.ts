/** *Reach it* on a node's page: the ways, their states, and what ends soon. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { PretendNode, type PretendNodeOptions } from "../support/nodes/pretend_node.ts";
import { card, openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Hub, startHub } from "../support/program/programs.ts";
import { QUICK_DEATHS } from "../support/program/detection_times.ts";
import { look } from "./look.ts";

const DAY_MS = 24 * 3_600_000;
/** Half a day more, so that the day does not change while the test runs. */
const SIX_DAYS_MS = 6.5 * DAY_MS;

async function startHubOf(broker: Mosquitto): Promise<Hub> {
  const hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none" },
    cluster: QUICK_DEATHS,
  });
  await hub.untilSeeing();
  return hub;
}

function snow(): PretendNodeOptions {
  const expires_at = new Date(Date.now() + SIX_DAYS_MS).toISOString();
  return {
    id: "john-snow",
    name: "John Snow",
    facts: {
      hostname: "john-snow",
      remote: ["ssh://alice@john-snow.local:2222", "https://john-snow.local:9090"],
      remote_names: ["", "Cockpit"],
      version: "0.0.1",
    },
    vitals: {
      ways: {
        ssh: { state: "up", port: 2222 },
        vnc: { state: "down", port: 5900 },
        connect: { state: "up", warning: "not_after_reboot" },
        tailscale: { state: "up", host: "snow.tail1.ts.net", expires_at, warning: "key_expires" },
        remoteit: { state: "unknown" },
      },
    },
  };
}

async function rowsOf(page: Page): Promise<readonly string[]> {
  const rows = await page.locator(".reach-way").all();
  return await Promise.all(rows.map(async (row) => {
    const parts = row.locator(".name, .reach-state");
    return (await parts.allInnerTexts()).join(": ");
  }));
}

Deno.test("a node's page says how it is reached, and warns before a way ends", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await using client = await TestClient.connect({ port: broker.port });
    const node = await PretendNode.start(client, snow());
    await openPage(page, hub);
    const john = await card(page, "john-snow", "up");
    await john.getByText("Tailscale key expires in 6 days").waitFor();
    await john.getByText("Connect will not survive a reboot: lingering is off").waitFor();
    await john.getByText("older version 0.0.1").waitFor();
    await john.getByRole("link", { name: "Cockpit on John Snow" }).waitFor();

    await page.goto(`${hub.url}/nodes/john-snow`);
    await verdict(page, "John Snow");
    const panel = page.getByRole("region", { name: "Reach it", exact: true });
    await panel.waitFor();
    await page.getByText(
      /^Its agent is older than the hub\. A line of .*, run on it, upgrades it\.$/,
    )
      .waitFor();
    assert.deepEqual(await rowsOf(page), [
      "SSH: on",
      "Cockpit",
      "Raspberry Pi Connect: on",
      "Tailscale: on",
      "remote.it: not known",
    ]);
    await panel.getByText("Tailscale key expires in 6 days").waitFor();
    await panel.getByText("loginctl enable-linger").waitFor();
    await panel.getByText("ssh -p 2222 alice@john-snow.local", { exact: true }).waitFor();
    await panel.getByText("tailscale ssh snow.tail1.ts.net", { exact: true }).waitFor();
    const open = panel.getByRole("link", { name: "Open Cockpit" });
    assert.equal(await open.getAttribute("href"), "https://john-snow.local:9090");
    assert.equal(await open.getAttribute("rel"), "noopener noreferrer");
    await panel.getByRole("button", { name: "Copy the command for Tailscale" }).click();
    await panel.getByRole("status").filter({ hasText: /\S/ }).waitFor();
    await look(chromium, page, "reach");

    await node[Symbol.asyncDispose]();
    await hub.waitForLiveness("john-snow", "dead");
    await panel.getByText(
      /^Reachable by SSH, Raspberry Pi Connect,? and Tailscale until (\d+ \w+ )?\d\d:\d\d\.$/,
    ).waitFor();
    assert.deepEqual(await rowsOf(page), [
      "SSH: was on",
      "Cockpit",
      "Raspberry Pi Connect: was on",
      "Tailscale: was on",
      "remote.it: was not known",
    ]);
    assert.equal(await panel.locator(".reach-up").count(), 0, "nothing is green");
    await look(chromium, page, "reach-dead");
  });
});

Deno.test("a German page says so in German, and a Pi that says nothing has no ways", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium({ locale: "de-DE" });
  await chromium.story(async (page) => {
    await using nodes = new AsyncDisposableStack();
    const client = nodes.use(await TestClient.connect({ port: broker.port }));
    nodes.use(await PretendNode.start(client, snow()));
    nodes.use(await PretendNode.start(client, { id: "arya", name: "Arya" }));
    await page.goto(`${hub.url}/nodes/john-snow`);
    await page.locator("#password").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    const panel = page.getByRole("region", { name: "Erreichen", exact: true });
    await panel.getByText("Tailscale-Schlüssel läuft in 6 Tagen ab").waitFor();
    await panel.getByText("Connect überlebt keinen Neustart: Lingering ist aus").waitFor();
    assert.deepEqual(await rowsOf(page), [
      "SSH: an",
      "Cockpit",
      "Raspberry Pi Connect: an",
      "Tailscale: an",
      "remote.it: unbekannt",
    ]);
    await page.goto(`${hub.url}/nodes/arya`);
    await verdict(page, "Arya");
    const nothing = page.getByRole("region", { name: "Erreichen", exact: true });
    await nothing.getByRole("button", { name: "Links ändern…" }).waitFor();
    assert.deepEqual(await rowsOf(page), []);
  });
});

Deno.test("a person names on the page how a Pi is reached, and takes it back", async () => {
  await using broker = await Mosquitto.start();
  await using hub = await startHubOf(broker);
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await using client = await TestClient.connect({ port: broker.port });
    await using _node = await PretendNode.start(client, snow());
    await openPage(page, hub);
    await page.goto(`${hub.url}/nodes/john-snow`);
    const panel = page.getByRole("region", { name: "Reach it", exact: true });
    const change = panel.getByRole("button", { name: "Change links…" });
    await change.click();
    const field = page.getByLabel("Links", { exact: true });
    assert.equal(
      await field.inputValue(),
      "ssh://alice@john-snow.local:2222, Cockpit: https://john-snow.local:9090",
    );
    await field.fill("javascript:alert(1)");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText(/^Expected at most eight links/).waitFor();
    await look(chromium, page, "reach-links");
    await field.fill("Grafana: https://john-snow.local:3000/");
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("link", { name: "Open Grafana" }).waitFor();
    assert.deepEqual((await hub.nodes())[0]?.remote, ["https://john-snow.local:3000/"]);

    await hub.stop();
    await hub.start();
    await hub.untilSeeing();
    assert.deepEqual((await hub.nodes())[0]?.remote_names, ["Grafana"]);
    await change.click();
    await field.fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await panel.getByRole("link", { name: "Open Cockpit" }).waitFor();
  });
});
