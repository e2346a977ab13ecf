/**
 * Adding a Pi: by a line, whose progress is shown, or by a configuration that is shown once; a real
 * agent appears.
 */

import assert from "node:assert/strict";
import { parseConfigText } from "../../io/config/config_text.ts";
import { asRun, pathOf, valueIn } from "../support/join/line.ts";
import { openPage, startChromium, verdict } from "../support/page/open_page.ts";
import { type Sections, startAgent, startHub } from "../support/program/programs.ts";
import { until } from "../support/time/until.ts";
import { look } from "./look.ts";

Deno.test("a Pi is added: the configuration that is shown makes a real agent appear", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/add`);
    await page.getByLabel("Name", { exact: true }).fill("John <i>Snow</i> Ä");
    const id = page.getByLabel("Id", { exact: true });
    await until("the id that follows", async () => await id.inputValue() === "john-i-snow-i-a");
    await look(chromium, page, "add");
    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await id.fill("John Snow");
    await page.getByRole("button", { name: "Only its configuration" }).click();
    await page.getByRole("alert").getByText(/^An id has 1 to 63/).waitFor();
    await id.fill("john-snow");
    await page.getByRole("button", { name: "Only its configuration" }).click();

    const config = page.getByRole("region", { name: "Configuration" });
    await config.getByText("username = john-snow").waitFor();
    await page.getByText("Waiting for John Snow…").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the configuration" }).click();
    await page.getByText("Copied.").waitFor();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    assert.equal(copied, await config.textContent());
    await look(chromium, page, "add-waiting");
    await page.getByText("Not there yet? What to check").click();
    await page.getByText("journalctl -u agent").waitFor();

    await using _agent = await startAgent(sectionsOf(copied));
    await page.locator(".arrived").getByText("John Snow is up").waitFor();
    await look(chromium, page, "add-arrived");
    await page.getByRole("link", { name: "Show John Snow" }).click();
    await verdict(page, "John Snow");
    await page.goBack();
    await verdict(page, "Add a Pi");
    assert.equal(await config.count(), 0, "the password is shown once");

    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await page.getByText(/^There is a Pi with this id/).waitFor();
    await page.getByRole("button", { name: "Only its configuration" }).click();
    const dialog = page.getByRole("dialog");
    await chromium.picture("add-renew-desktop-light");
    await dialog.getByRole("button", { name: "Replace it" }).click();
    await config.getByText("username = john-snow").waitFor();
    assert.notEqual(await config.textContent(), copied);
  });
});

Deno.test("a Pi joins by a line: the page shows it once, counts down, and follows each step", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/add`);
    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await page.getByRole("button", { name: "Make the line" }).click();
    const region = page.getByRole("region", { name: "Line for the Pi" });
    const line = await region.textContent() ?? "";
    assert.match(line, /^curl -fsSL http.*\/join\/[\w-]{32} \| sudo sh$/);
    await page.getByText(/works once, within 14 min/).waitFor();
    await page.getByText("The hub has no packages to give").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy the line" }).click();
    await page.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate<string>("navigator.clipboard.readText()"), line);
    await page.getByText("Read the script before it runs").click();
    await page.getByRole("region", { name: "Three commands" }).getByText("less join.sh").waitFor();
    await look(chromium, page, "join-line");

    await page.getByRole("button", { name: "Add another Pi" }).click();
    await page.getByText("Not arrived yet").waitFor();
    await look(chromium, page, "join-open");
    await page.getByRole("button", { name: "End the line for John Snow" }).click();
    await page.getByText("Nobody can use it any more.").waitFor();
    const ended = await hub.fetch(pathOf({ line }));
    assert.equal(ended.status, 410, await ended.text());

    await page.getByLabel("Name", { exact: true }).fill("John Snow");
    await page.getByRole("button", { name: "Make the line" }).click();
    const path = pathOf({ line: await region.textContent() ?? "" });
    const step = (name: string, state: string) =>
      page.locator(`.join-step.is-${state}`).getByText(name).waitFor();
    await step("Script fetched", "now");
    const fetchKey = async () => valueIn(await (await hub.fetch(path)).text(), "KEY");
    const first = await fetchKey();
    await step("Script fetched by 127.0.0.1", "done");
    await step("Packages installed", "now");
    const report = async (run: string, body: unknown) => {
      const response = await asRun(hub, `${path}/progress`, { key: run, body });
      assert.equal(response.status, 200, await response.text());
    };
    await report(first, { failure: "no_root" });
    await page.getByText("Run the same line again, with sudo before sh").waitFor();
    await look(chromium, page, "join-failed");

    const key = await fetchKey();
    await report(key, { step: "installed" });
    await step("Packages installed", "done");
    const config = await (await asRun(hub, `${path}/config`, { key })).text();
    await step("Configuration written", "done");
    await report(key, { step: "started" });
    await step("First heartbeat", "now");
    await look(chromium, page, "join-steps");
    await using _agent = await startAgent(sectionsOf(config));
    await page.locator(".arrived").getByText("John Snow is up").waitFor();
    await step("First heartbeat", "done");
    await look(chromium, page, "join-up");
    await page.getByRole("link", { name: "Show John Snow" }).click();
    await verdict(page, "John Snow");
    await page.goBack();
    await verdict(page, "Add a Pi");
    assert.equal(await region.count(), 0, "the line is shown once");
  });
});

interface Unheard {
  readonly unheard: readonly { readonly id: string; readonly name: string }[];
}

Deno.test("the credential of a Pi that was never heard is revoked on the page", async () => {
  await using hub = await startHub();
  hub.credential("home-assistant");
  const enrolled = await hub.enrol("john-snow", "John Snow");
  await using _arya = await startAgent(await hub.enrol("arya", "Arya"));
  await hub.waitForLiveness("arya", "alive");
  // The command writes the name into the database, where a running hub finds it a little later.
  await until("the name", async () => {
    const { unheard } = await hub.api<Unheard>("/api/v1/credentials");
    return unheard.some(({ name }) => name === "John Snow");
  });
  await using chromium = await startChromium();
  await chromium.story(async (page) => {
    await openPage(page, hub);
    await page.goto(`${hub.url}/add`);
    const region = page.getByRole("region", { name: "Credentials that no Pi has used" });
    await region.getByText("home-assistant").first().waitFor();
    assert.equal(await region.getByText("arya").count(), 0);
    await look(chromium, page, "add-unheard");
    await region.getByRole("button", { name: "Revoke the credential of John Snow" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke it" }).click();
    await region.getByText("The credential of John Snow has ended.").waitFor();
    await region.getByText("john-snow").waitFor({ state: "detached" });
    await region.getByText("home-assistant").first().waitFor();
  });
  const known = await hub.api<Unheard>("/api/v1/credentials");
  assert.deepEqual(known.unheard, [{ id: "home-assistant", name: "home-assistant" }]);
  await using john = await startAgent(enrolled);
  await john.process.line(/not authorized|password/i);
});

Deno.test("a line that a restart of the hub has ended says so, and another one is a click away", async () => {
  await using hub = await startHub();
  await using chromium = await startChromium({ locale: "de-DE" });
  await chromium.story(async (page) => {
    await page.goto(hub.url);
    await page.getByLabel("Passwort").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.locator(".link.is-live").waitFor();
    await page.goto(`${hub.url}/add`);
    await page.getByLabel("Name", { exact: true }).fill("Käthe");
    await page.getByRole("button", { name: "Zeile erzeugen" }).click();
    const region = page.getByRole("region", { name: "Zeile für den Pi" });
    const first = await region.textContent();
    await chromium.picture("join-line-german");
    await hub.stop();
    await hub.start();
    await page.getByText("Der Hub wurde neu gestartet").waitFor();
    await page.getByRole("button", { name: "Neue Zeile erzeugen" }).click();
    await until("another line", async () => {
      const line = await region.textContent();
      return line !== first && line;
    });
    await page.getByText("Der Hub wurde neu gestartet").waitFor({ state: "hidden" });
  });
});

function sectionsOf(text: string): Sections {
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, value } of parseConfigText(text, "config.ini")) {
    if (key !== "") (sections[section] ??= {})[key] = value;
  }
  return sections;
}
