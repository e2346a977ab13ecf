/** A hub with named channels: two push servers of one kind, and mail. */

import assert from "node:assert/strict";
import { Nodes, WITHIN_MS } from "../../support/alerting/told.ts";
import { MAIL_PASSWORD, MailServer } from "../../support/delivery/mail_server.ts";
import { GOTIFY_TOKEN, gotifyServer } from "../../support/delivery/push_receivers.ts";
import { WebhookDouble } from "../../support/delivery/webhook_double.ts";
import { startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

Deno.test("a death reaches each channel by its name, and goes on to mail where push fails", async () => {
  const shown: Record<string, unknown>[] = [];
  await using gotify = new WebhookDouble(gotifyServer(shown));
  await using mails = await MailServer.start("starttls");
  const push = { kind: "gotify", url: gotify.url };
  await using hub = await startHub({
    alerts: { hold: "0s", group: "0s", send: "in_order", channels: "broken, mail, home" },
    "channel home": { ...push, token: GOTIFY_TOKEN },
    "channel broken": { ...push, token: "wrong" },
    "channel mail": {
      kind: "email",
      host: "127.0.0.1",
      port: String(mails.port),
      username: "alerts",
      password: MAIL_PASSWORD,
      from: "alerts@pis.test",
      to: "jon@wall.test",
      ca_file: mails.caFile,
    },
  });
  await using nodes = new Nodes(hub.brokerPort, (id) => hub.credential(id));
  // It stays alive, so that the network is beyond doubt.
  await nodes.start("Arya Stark");
  await nodes.kill(await nodes.start("John Snow"));
  const rows = await until("both deliveries", async () => {
    const found = (await hub.deliveries()).filter(({ text }) => text.includes("John Snow is down"));
    return found.some(({ state }) => state === "accepted") && found;
  }, { withinMs: WITHIN_MS });
  assert.deepEqual(rows.map(({ channel, recipient, state }) => [channel, recipient, state]), [
    ["mail", "jon@wall.test", "accepted"],
    ["broken", "gotify", "refused"],
  ]);
  assert.match(rows[1]?.last_error ?? "", /check \[channel broken\] token: passed on to mail$/);
  await until("the mail", () => mails.mails.some(({ data }) => data.includes("John Snow is down")));
  assert.doesNotMatch(JSON.stringify(rows), new RegExp(`${MAIL_PASSWORD}|${GOTIFY_TOKEN}`));
});
