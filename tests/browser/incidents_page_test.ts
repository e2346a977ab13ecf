/** The view of all incidents: who died when, who was notified, filtered, and as a file. */

import assert from "node:assert/strict";
import { Mosquitto } from "../support/broker/mosquitto.ts";
import { TestClient } from "../support/broker/mqtt_client.ts";
import { smsThrough } from "../support/delivery/phone.ts";
import { TwilioDouble } from "../support/delivery/twilio_double.ts";
import { PretendNode } from "../support/nodes/pretend_node.ts";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { startHub } from "../support/program/programs.ts";
import { look } from "./look.ts";

const HOSTILE = `=HYPERLINK("x")<img src=x>\u202E`;

Deno.test("incidents are told with who was notified, filtered, and saved as CSV", async () => {
  await using stage = new AsyncDisposableStack();
  const twilio = stage.use(new TwilioDouble());
  const broker = stage.use(await Mosquitto.start());
  const hub = stage.use(
    await startHub({
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      hub: { broker: "none" },
      alerts: { hold: "0s", group: "0s" },
      ...smsThrough(twilio, "+491701234567"),
    }),
  );
  await hub.untilSeeing();
  const chromium = stage.use(await startChromium());
  const client = stage.use(await TestClient.connect({ port: broker.port }));
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/incidents`);
    await page.getByText("There was no incident so far.").waitFor();

    const arya = await PretendNode.start(client, { id: "arya-stark", name: "Arya Stark" });
    const evil = await PretendNode.start(client, { id: "evil", name: HOSTILE });
    await hub.waitForLiveness("evil", "alive");
    await arya[Symbol.asyncDispose]();
    await page.getByText(/^Arya Stark has been down for \d+ (s|min)( \d+ s)?$/).waitFor();
    stage.use(await PretendNode.start(client, { id: "arya-stark", name: "Arya Stark" }));
    await page.getByText(/^Arya Stark was down for \d+ (s|min)( \d+ s)?$/).waitFor();
    await evil[Symbol.asyncDispose]();
    await page.getByText(/has been down for \d+ (s|min)( \d+ s)?$/).waitFor();
    const told = page.locator('[data-incident] [data-delivery][data-state="accepted"]');
    await told.getByText(/SMS to \+491701234567: accepted by the provider/).first().waitFor();
    await told.getByText(/^Arya Stark is down/).waitFor();
    assert.equal(await page.locator("img").count(), 0);
    await page.getByText("2 incidents", { exact: true }).waitFor();
    await look(chromium, page, "incidents");
    await page.emulateMedia({ media: "print" });
    await chromium.picture("incidents-print");
    assert.equal(await page.getByRole("button", { name: "Print" }).isVisible(), false);
    await page.emulateMedia({ media: null });

    await page.getByLabel("Open only").check();
    await page.getByText("1 incident", { exact: true }).waitFor();
    assert.equal(await page.getByText(/^Arya Stark was down/).count(), 0);
    assert.equal(new URL(page.url()).search, "?open=1");
    await page.reload();
    await page.getByText("1 incident", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByLabel("Pi", { exact: true }).selectOption("Arya Stark");
    await page.getByText("1 incident", { exact: true }).waitFor();
    await page.getByLabel("Kind").selectOption("Flapping");
    await page.getByText("No incident fits this.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.getByText("2 incidents", { exact: true }).waitFor();

    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download as CSV" }).click();
    const path = await (await download).path();
    const csv = await Deno.readTextFile(path);
    assert.match(csv, /^id,kind,node,name,cause,died_at,/);
    assert.match(csv, /,node,arya-stark,Arya Stark,/);
    assert.doesNotMatch(csv, /(^|,)"?=/m, "no cell is a formula");

    await page.getByRole("link", { name: "Arya Stark" }).click();
    await verdict(page, "Arya Stark");
    assert.equal(new URL(page.url()).pathname, "/nodes/arya-stark");
    await page.goBack();
    await verdict(page, "Incidents");
  });
});

Deno.test("a guest sees incidents and nodes, but no recipients, addresses and actions", async () => {
  await using stage = new AsyncDisposableStack();
  const broker = stage.use(await Mosquitto.start());
  const hub = stage.use(
    await startHub({
      mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
      hub: { broker: "none", public_status: "yes" },
      alerts: { hold: "0s", group: "0s" },
      sms: { provider: "print", to: "+491701234567" },
    }),
  );
  await hub.untilSeeing();
  const chromium = stage.use(await startChromium());
  const client = stage.use(await TestClient.connect({ port: broker.port }));
  const facts = { model: "Raspberry Pi 5", addresses: ["192.168.77.7"], serial: "10000000abcdef" };
  const john = await PretendNode.start(client, { id: "john-snow", name: "John Snow", facts });
  await hub.waitForLiveness("john-snow", "alive");
  await john[Symbol.asyncDispose]();
  await hub.waitForLiveness("john-snow", "dead");
  await chromium.story(async (page) => {
    await page.goto(`${hub.url}/incidents`);
    await page.getByText(/John Snow has been down for/).waitFor();
    await page.getByText("Log in to see who was notified.").waitFor();
    await look(chromium, page, "incidents-guest");
    await page.goto(`${hub.url}/nodes/john-snow`);
    await page.getByText("Raspberry Pi 5").waitFor();
    assert.equal(await page.getByRole("heading", { name: "Actions" }).count(), 0);
    await look(chromium, page, "node-guest");
    for (const path of ["/nodes/john-snow", "/incidents", "/alarm", "/add", "/sessions"]) {
      await page.goto(hub.url + path);
      await page.locator("h1").waitFor();
      await page.locator(".link.is-live").waitFor();
      const content = await page.content();
      for (const secret of ["192.168.77.7", "10000000abcdef", "+491701234567"]) {
        assert.ok(!content.includes(secret), `${path} shows ${secret}`);
      }
      assert.equal(await page.getByLabel("Password").count(), 0, path);
    }
  });
});
