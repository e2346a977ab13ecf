/**
 * The database of version 0.1.0: the present hub opens it, keeps everything and sends what is
 * pending.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { DeliveryView } from "../../../core/api/delivery_view.ts";
import type { IncidentView } from "../../../core/api/incident_view.ts";
import type { NodeView } from "../../../core/api/node_view.ts";
import { smsBy, texts, TO } from "../../support/alerting/told.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { freePort } from "../../support/network/free_port.ts";
import { Hub } from "../../support/program/programs.ts";
import { FakeCalendar } from "../../support/time/faketime.ts";
import { until } from "../../support/time/until.ts";

/**
 * `hub.db` was written by a hub of version 0.1.0 that was killed while Twilio and ntfy took no
 * messages. `answers.json` holds what its API had answered a moment before.
 */
const FIXTURE = join(import.meta.dirname ?? ".", "..", "..", "fixtures", "hub-0.1.0");
/** When that hub was killed. */
const KILLED_AT = "2026-11-29T21:11:11Z";
const ROUNDED_MS = 5;

interface Answers {
  readonly nodes: { readonly nodes: readonly NodeView[] };
  readonly incidents: { readonly incidents: readonly IncidentView[] };
  readonly deliveries: { readonly deliveries: readonly DeliveryView[] };
}

const before: Answers = JSON.parse(Deno.readTextFileSync(join(FIXTURE, "answers.json")));

Deno.test("a hub opens the database of version 0.1.0 and keeps everything", async () => {
  await using twilio = new TwilioDouble();
  await using ntfy = new WebhookDouble("ntfy");
  // Both still fail when the hub starts, so the state on its disk does not change.
  twilio.always({ kind: "error", status: 503, code: 20503, message: "Service unavailable" });
  ntfy.otherwise({ kind: "raw", status: 503, body: "" });
  using calendar = new FakeCalendar();
  calendar.set(Date.parse(KILLED_AT) - Date.now());
  await using hub = new Hub({
    ...smsBy(twilio),
    // No broker answers, so the hub only knows its history.
    hub: { broker: "none" },
    mqtt: { url: `mqtt://127.0.0.1:${freePort()}` },
    alerts: { channels: "sms, webhook", blind_after: "1h" },
    webhook: { preset: "ntfy", url: `${ntfy.url}/pis` },
  }, { through: calendar.through });
  Deno.mkdirSync(hub.statePath, { recursive: true });
  Deno.copyFileSync(join(FIXTURE, "hub.db"), join(hub.statePath, "hub.db"));
  await hub.start();

  const { incidents } = await hub.api<Answers["incidents"]>("/api/v1/incidents");
  assert.deepEqual(incidents.map(lasting), before.incidents.incidents.map(lasting));
  for (const [index, now] of incidents.entries()) {
    const { died_at, recovered_at, acknowledged_at } = before.incidents.incidents[index] ?? now;
    assertSame([now.died_at, now.recovered_at, now.acknowledged_at], [
      died_at,
      recovered_at,
      acknowledged_at,
    ]);
  }
  const nodes = await hub.nodes();
  assert.deepEqual(nodes.map(known).sort(), before.nodes.nodes.map(known).sort());
  const sansa = nodes.find(({ id }) => id === "sansa");
  assertSame([sansa?.maintenance_until], ["2026-11-29T23:10:39.086Z"]);
  assert.equal(nodes.find(({ id }) => id === "bran")?.acknowledged, true);

  twilio.always({ kind: "created" });
  ntfy.otherwise({ kind: "taken" });
  await until("the messages that waited", async () => {
    return (await hub.deliveries()).every(({ state }) => state !== "pending");
  });
  const after = await hub.deliveries();
  for (const one of before.deliveries.deliveries) {
    const told = after.filter(({ channel, recipient }) =>
      channel === one.channel && recipient === one.recipient
    );
    if (one.state === "accepted") {
      const same = told.find(({ id }) => id === one.id);
      assert.deepEqual([same?.text, same?.incident_ids], [one.text, one.incident_ids]);
    }
    // Pending messages may be merged.
    const incidents = told.flatMap(({ incident_ids }) => incident_ids);
    assert.deepEqual(one.incident_ids.filter((id) => !incidents.includes(id)), [], one.text);
  }
  const deaths = texts(twilio).filter((text) => /is down/.test(text));
  assert.deepEqual(deaths.map((text) => /^\S+/.exec(text)?.[0]), ["Khal-Drogo"], String(deaths));
  assert.deepEqual(twilio.sent.map(({ to }) => to).filter((to) => to !== TO), []);
});

/** The parts of an incident that do not change while nothing happens, except its instants. */
function lasting({ id, kind, node, name, cause, parent, changes }: IncidentView) {
  return { id, kind, node, name, cause, parent, changes };
}

/** The hub keeps instants on its own clock, so the last digit may be rounded. */
function assertSame(
  found: readonly (string | null | undefined)[],
  expected: readonly (string | null)[],
): void {
  const isSame = (a: string | null | undefined, b: string | null | undefined) =>
    a && b ? Math.abs(Date.parse(a) - Date.parse(b)) <= ROUNDED_MS : a === b;
  const areSame = expected.every((instant, index) => isSame(found[index], instant));
  assert.ok(areSame, `expected ${expected}, found ${found}`);
}

function known({ id, name, display_name }: NodeView): string {
  return `${id} ${name} ${display_name}`;
}
