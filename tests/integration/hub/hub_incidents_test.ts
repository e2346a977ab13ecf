/** Questions about incidents of the past, and about the past that makes no sense. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { firstDelivery, sendingTo, WITHIN_MS } from "../../support/alerting/told.ts";
import { Mosquitto } from "../../support/broker/mosquitto.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { TwilioDouble } from "../../support/delivery/twilio_double.ts";
import { BOOT_ID, PretendNode } from "../../support/nodes/pretend_node.ts";
import { availabilityOf, statesOf } from "../../support/page/availability.ts";
import { errorOf, session } from "../../support/page/hub_http.ts";
import { startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

Deno.test("a hub's incidents are found by node, kind and time, and go into a table that is harmless", async () => {
  await using double = new TwilioDouble();
  await using broker = await Mosquitto.start();
  await using hub = await startHub(sendingTo(double, {
    hub: { broker: "none", public_status: "yes" },
    mqtt: { url: `mqtt://127.0.0.1:${broker.port}` },
  }));
  await hub.untilSeeing();
  const client = await TestClient.connect({ port: broker.port });
  const evil = '=HYPERLINK("http://evil.example","click")';
  const facts = { model: "Raspberry Pi 5", addresses: ["192.168.1.7"] };
  await using node = await PretendNode.start(client, { id: "evil", name: evil, facts });
  await hub.waitForLiveness("evil", "alive");
  const open = await (await hub.fetch("/api/v1/nodes/evil")).json();
  assert.deepEqual(open.facts, { model: "Raspberry Pi 5" });
  const all = { ...facts, boot_id: BOOT_ID };
  assert.deepEqual((await hub.api<NodeView>("/api/v1/nodes/evil")).facts, all);
  client.kill();
  await node[Symbol.asyncDispose]();
  await hub.waitForLiveness("evil", "dead", WITHIN_MS);
  const [incident] = await until("the incident", async () => {
    const incidents = await hub.incidents();
    return incidents.length === 1 && incidents;
  });
  const found = async (query: string) => {
    const path = `/api/v1/incidents?${query}`;
    return (await hub.api<{ readonly incidents: readonly unknown[] }>(path)).incidents.length;
  };
  const [before, after] = ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"];
  for (
    const query of [
      "node=evil&kind=node&open=1&limit=7",
      `from=${before}&to=${after}`,
      // It is still open.
      `from=${after}`,
      "node=&kind=",
    ]
  ) {
    assert.equal(await found(query), 1, query);
  }
  for (const query of ["node=good", "kind=broker", "open=0", `to=${before}`]) {
    assert.equal(await found(query), 0, query);
  }

  const table = await hub.fetch("/api/v1/incidents.csv?node=evil");
  assert.equal(table.status, 200);
  assert.match(table.headers.get("content-type") ?? "", /^text\/csv; charset=utf-8/);
  assert.equal(
    table.headers.get("content-disposition"),
    'attachment; filename="incidents.csv"',
  );
  const [head, row = "", end] = (await table.text()).split("\r\n");
  assert.equal(
    head,
    "id,kind,node,name,cause,died_at,recovered_at,told_at,acknowledged_at,changes,parent,last_heard_at",
  );
  assert.ok(
    // The table names a node as messages do: without a link, and with its id beside a misleading
    // name.
    row.startsWith(`1,node,evil,"'=HYPERLINK(""http evil. example"",""click"") (evil)",silence,`),
    row,
  );
  assert.equal(end, "");

  await firstDelivery(hub);
  const deliveries = async (query: string) =>
    (await hub.api<{ readonly deliveries: readonly unknown[] }>(`/api/v1/deliveries?${query}`))
      .deliveries.length;
  assert.deepEqual(
    [await deliveries(`incident=${incident?.id}`), await deliveries("incident=999")],
    [1, 0],
  );
  assert.equal(
    await errorOf(await hub.fetch("/api/v1/deliveries?incident=1"), 401),
    "unauthorized",
  );
});

Deno.test("a hub answers a question about the past that makes no sense with what is wrong", async () => {
  await using hub = await startHub({ cluster: { nodes: "arya" } });
  const cookie = await session(hub);
  const ask = async (path: string) => {
    const response = await hub.fetch(`/api/v1/${path}`, { headers: { Cookie: cookie } });
    const { error } = await response.json();
    return `${response.status} ${error.message}`;
  };
  const huge = "9".repeat(400);
  for (
    const [path, answer] of [
      ["availability?span=1h", '400 span: expected one of 24h, 30d, 90d, found "1h"'],
      ["availability?node=..", `400 node: expected a node's id, found ".."`],
      ["availability?nod=arya", '400 query: expected span, node, found "nod"'],
      ["availability?node=bran", '404 There is no Pi with the id "bran"'],
      ["nodes/arya?x=1", '400 query: expected nothing, found "x"'],
      ["nodes/arya/vitals?span=90d", '400 span: expected one of 1h, 24h, 7d, 30d, found "90d"'],
      ["nodes/arya/transitions?limit=0", '400 limit: expected a whole number from 1 on, found "0"'],
      [
        `nodes/arya/transitions?limit=${huge}`,
        `400 limit: expected a whole number from 1 on, found "${huge.slice(0, 60)}"`,
      ],
      ["nodes/%3Cb%3E", '404 There is no Pi with the id "<b>"'],
      [
        "incidents?kind=all",
        '400 kind: expected one of node, common, flapping, reboot, broker, uplink, network, vital, hub, found "all"',
      ],
      ["incidents?open=yes", '400 open: expected one of 0, 1, found "yes"'],
      [
        "incidents.csv?from=yesterday",
        '400 from: expected an instant such as 2026-11-22T14:02:16Z, found "yesterday"',
      ],
      ["deliveries?incident=x", '400 incident: expected a whole number from 1 on, found "x"'],
      [
        "incidents?limit=nonsense",
        '400 limit: expected a whole number from 1 on, found "nonsense"',
      ],
    ] as const
  ) {
    assert.equal(await ask(path), answer, path);
  }
  for (
    const path of ["nodes/arya", "nodes/arya/vitals", "availability", "incidents.csv"]
  ) {
    assert.equal(await errorOf(await hub.fetch(`/api/v1/${path}`), 401), "unauthorized");
  }
  const node = await hub.api<{ readonly id: string; readonly liveness: string }>(
    "/api/v1/nodes/arya",
  );
  assert.deepEqual([node.id, node.liveness], ["arya", "unknown"]);
  assert.equal(await statesOf(hub, "arya"), "unknown");
  assert.equal((await availabilityOf(hub, "arya")).percent, null);
});
