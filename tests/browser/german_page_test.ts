/** The German page of a rich past: every kind of incident, every cause, every failure of a channel. */

import assert from "node:assert/strict";
import { type Cause, CAUSE_CODES } from "../../core/alerting/cause.ts";
import { PROVIDER_FAILURES } from "../../core/alerting/provider_failure.ts";
import type { IncidentKind, IncidentView } from "../../core/api/incident_view.ts";
import { Store } from "../../hub/store/store.ts";
import { freePort } from "../support/network/free_port.ts";
import { startChromium } from "../support/page/open_page.ts";
import { Hub } from "../support/program/programs.ts";
import { look } from "./look.ts";

/** Words of English sentences that no German sentence has. */
const ENGLISH =
  /\b(the|is|it|its|has|had|have|not|does|did|cannot|could|of|since|with|your|heard|down|took|takes)\b/i;
const HOUR_MS = 3_600_000;

const KINDS: readonly IncidentKind[] = [
  ...["node", "flapping", "reboot", "broker", "network", "vital", "hub", "uplink"] as const,
];

/** An incident of each code under a kind that has it, and of whatever is no plain code. */
function rich(): readonly { readonly kind: IncidentKind; readonly cause: Cause }[] {
  const plain = CAUSE_CODES.map((cause, index) => ({
    kind: KINDS[index % (KINDS.length - 1)] ?? "node",
    cause,
  }));
  const providers = PROVIDER_FAILURES.map((code) => ({
    kind: "uplink" as const,
    cause: { kind: "provider", code, status: 500, why: "the provider is not well" } as const,
  }));
  const common = [{ count: 3, of: 3 }, { count: 3, of: 5 }, { count: 2, of: 4, group: "Keller" }]
    .map((counts) => ({ kind: "common" as const, cause: { kind: "common", ...counts } as const }));
  return [...plain, ...providers, ...common];
}

function fill(path: string): void {
  using store = new Store(path);
  const nowMs = Date.now();
  const incidents = rich();
  const ids = incidents.map(({ kind, cause }, index) => {
    const subject = `${kind} ${index}`;
    const name = kind === "common" ? "" : `Pi ${index}`;
    const id = store.incidents.open({ kind, subject, node: "", name, cause, diedAtMs: nowMs });
    store.incidents.close(subject, { atMs: nowMs + 60_000 });
    return id;
  });
  for (const [index, code] of PROVIDER_FAILURES.entries()) {
    const [first = 0] = ids.slice(-1 - (index % 3));
    const to = { route: "", channel: "webhook", recipient: `Empfänger ${index}` };
    const id = store.outbox.add({
      ...to,
      text: "Nachricht",
      items: [],
      incidentIds: [first],
      atMs: nowMs - HOUR_MS,
    });
    store.outbox.settle(id, {
      state: "refused",
      isUncertain: false,
      dueAtMs: undefined,
      lastError: "the provider is not well",
      failure: { code, error: 7, passed_on_to: "twilio" },
    });
  }
}

Deno.test("a German page shows no English cause, whatever happened", async () => {
  await using hub = new Hub({
    // Nobody answers there: the hub is blind.
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${freePort()}` },
    alerts: { blind_after: "1h" },
  }, {});
  Deno.mkdirSync(hub.statePath, { recursive: true });
  fill(`${hub.statePath}/hub.db`);
  await hub.start();
  const { incidents } = await hub.api<{ readonly incidents: readonly IncidentView[] }>(
    "/api/v1/incidents",
  );
  const sentences = incidents.map(({ cause }) => cause).filter((cause) => cause.includes(" "));
  assert.ok(sentences.length > 5, "the API tells sentences that the page must not show");
  await using chromium = await startChromium({ locale: "de-DE" });
  await chromium.story(async (page) => {
    await page.goto(`${hub.url}/incidents`);
    await page.locator("#password").fill("wrong");
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByText("Das ist nicht das Passwort.").waitFor();
    await page.locator("#password").fill(hub.password);
    await page.getByRole("button", { name: "Anmelden" }).click();
    await page.getByText(/^Der Hub sieht den Broker seit .* nicht$/).first().waitFor();
    await page.locator("[data-incident]").nth(incidents.length - 1).waitFor();
    await page.locator("[data-delivery]").nth(PROVIDER_FAILURES.length - 1).waitFor();
    await look(chromium, page, "incidents-german");
    const rows = await page.locator("[data-incident]").allInnerTexts();
    assert.equal(rows.length, incidents.length);
    assert.deepEqual(rows.filter((row) => ENGLISH.test(row)), []);
    assert.deepEqual(rows.filter((row) => sentences.some((one) => row.includes(one))), []);
    await page.goto(hub.url);
    await page.getByText(/^Der Hub sieht den Broker seit .* nicht$/).first().waitFor();
    await page.locator("[data-delivery]").first().waitFor();
    await look(chromium, page, "home-german");
    const home = await page.locator("main").innerText();
    assert.doesNotMatch(home, ENGLISH);
  });
});
