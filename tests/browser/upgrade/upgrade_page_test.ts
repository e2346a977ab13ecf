/** Upgrades on the page: one Pi, all of them, how far they are, and what went wrong. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import type { Chromium, ChromiumOptions } from "../../support/page/chromium.ts";
import { card, openPage, startChromium, verdict } from "../../support/page/open_page.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";
import { writePackages } from "../../support/update/hub_packages.ts";
import { look } from "../look.ts";

const NEW = "0.2.0";
const UPDATE_TOPICS = "rpi-cluster/v1/hub/update/+";

interface Story {
  readonly hub: Hub;
  readonly chromium: Chromium;
  readonly page: Page;
  /** Says what the Pis say, and hears which of them the hub asks. */
  readonly client: TestClient;
  /** Ends them before their broker. */
  readonly pis: AsyncDisposableStack;
}

/** Tells a story of a hub that has newer packages than its Pis. */
async function story(
  tell: (story: Story) => Promise<void>,
  options: ChromiumOptions = {},
): Promise<void> {
  await using broker = await Mosquitto.start();
  using folder = new TemporaryFolder();
  await using hub = await startHub({
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
    hub: { broker: "none", packages: writePackages(folder, NEW) },
  });
  await hub.untilSeeing();
  await using chromium = await startChromium(options);
  await chromium.story(async (page) => {
    await using pis = new AsyncDisposableStack();
    const client = pis.use(await TestClient.connect({ port: broker.port }));
    await client.subscribe(UPDATE_TOPICS);
    await tell({ hub, chromium, page, client, pis });
  });
}

async function startPi(client: TestClient, id: string, name: string): Promise<PretendNode> {
  const facts = { package: "0.1.0 arm64", version: "0.0.9" };
  const vitals = { update: { state: "ready" } };
  return await PretendNode.start(client, { id, name, facts, vitals });
}

/** The Pis that the hub has asked so far. */
function asked({ messages }: TestClient): readonly string[] {
  return messages.filter(({ topic }) => topic.includes("/hub/update/"))
    .map(({ topic }) => topic.split("/").at(-1) ?? "");
}

function upgradeOf(page: Page) {
  return page.getByRole("region", { name: "Upgrade", exact: true });
}

Deno.test("a person upgrades all Pis, and the first failure stops the row and says why", async () => {
  await story(async ({ hub, chromium, page, client, pis }) => {
    const arya = pis.use(await startPi(client, "arya", "Arya"));
    pis.use(await startPi(client, "john-snow", "John Snow"));
    await openPage(page, hub);
    await card(page, "john-snow", "up");
    const note = page.getByRole("region", { name: "2 Pis can be upgraded" });
    await note.waitFor();
    await look(chromium, page, "upgrade-available");
    await note.getByRole("button", { name: "Upgrade all 2" }).click();
    const dialog = page.getByRole("dialog", { name: "Upgrade 2 Pis?" });
    await dialog.getByText("One after the other").waitFor();
    await chromium.picture("upgrade-all-desktop-light");
    await dialog.getByRole("button", { name: "Upgrade" }).click();

    const underWay = page.getByRole("region", { name: "Pis are being upgraded" });
    await underWay.getByText("asked to upgrade").waitFor();
    await until("the first Pi to be asked", () => asked(client).length > 0);
    await arya.sayVitals({ update: { state: "running", run: "r1", version: NEW } });
    await underWay.getByText("fetches and installs").waitFor();
    await underWay.getByText("0 done, 1 waiting").waitFor();
    await (await card(page, "john-snow", "up")).getByText("waits for its turn").waitFor();
    await look(chromium, page, "upgrade-running");

    await arya.sayVitals({ update: { state: "failed", run: "r1", failure: "signature" } });
    await page.getByText("The upgrade of Arya failed, so the others were not tried.").waitFor();
    assert.deepEqual(asked(client), ["arya"]);
    await look(chromium, page, "upgrade-stopped");
    await page.getByRole("region", { name: "2 Pis can be upgraded" })
      .getByRole("link", { name: "Arya" }).click();
    await verdict(page, "Arya");
    const panel = upgradeOf(page);
    await panel.getByText("Not upgraded to 0.2.0.").waitFor();
    await panel.getByText(/not signed by the hub that it has joined, so nothing was installed/)
      .waitFor();
    await look(chromium, page, "upgrade-failed");
  });
});

Deno.test("a person upgrades one Pi on its page, to the end", async () => {
  await story(async ({ hub, chromium, page, client, pis }) => {
    const before = await startPi(client, "john-snow", "John Snow");
    await openPage(page, hub);
    await page.goto(`${hub.url}/nodes/john-snow`);
    const panel = upgradeOf(page);
    await panel.getByRole("button", { name: "Upgrade to 0.2.0" }).click();
    await panel.getByText("To 0.2.0: asked to upgrade").waitFor();
    await until("the Pi to be asked", () => asked(client).length > 0);
    await before.sayVitals({ update: { state: "running", run: "r1" } });
    await panel.getByText("To 0.2.0: fetches and installs").waitFor();
    await before.farewell({ reason: "restart" });
    await before[Symbol.asyncDispose]();
    pis.use(
      await PretendNode.start(client, {
        id: "john-snow",
        name: "John Snow",
        facts: { package: `${NEW} arm64` },
        vitals: { update: { state: "done", run: "r1", version: NEW } },
      }),
    );
    await panel.getByText("Upgraded to 0.2.0.").waitFor();
    await panel.getByText("It has the newest version that this hub has.").waitFor();
    await look(chromium, page, "upgrade-done");
  });
});

Deno.test("a German page says so in German, and asks when a Pi is added", async () => {
  await story(async ({ hub, chromium, page, client, pis }) => {
    pis.use(await startPi(client, "john-snow", "John Snow"));
    await page.goto(hub.url);
    await page.locator("#password").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    const note = page.getByRole("region", { name: "1 Pi lässt sich aktualisieren" });
    await note.getByRole("button", { name: "Aktualisieren" }).waitFor();
    await page.goto(`${hub.url}/nodes/john-snow`);
    await page.getByRole("button", { name: "Auf 0.2.0 aktualisieren" }).waitFor();
    await page.goto(`${hub.url}/add`);
    await page.getByRole("checkbox", { name: "Aktualisierungen von diesem Hub" }).check();
    await look(chromium, page, "upgrade-add");
  }, { locale: "de-DE" });
});
