/** Upgrades as people ask for them: by the API and by `rpi-cluster-hub upgrade`, and what the page is told. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { post } from "../../support/page/hub_actions.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";
import { until } from "../../support/time/until.ts";
import { writePackages } from "../../support/update/hub_packages.ts";

const NEW = "0.2.0";
const READY = { state: "ready", run: "before" };

interface Pi extends AsyncDisposable {
  readonly id: string;
  readonly client: TestClient;
  readonly node: PretendNode;
  report(update: Readonly<Record<string, unknown>>): Promise<void>;
}

/** A Pi as the hub hears it, with an older package; `null`: it takes no upgrades. */
async function startPi(hub: Hub, id: string, update: object | null = READY): Promise<Pi> {
  const password = hub.credential(id);
  const client = await TestClient.connect({ port: hub.brokerPort, username: id, password });
  await client.subscribe(`rpi-cluster/v1/hub/update/${id}`);
  const facts = { package: "0.1.0 arm64", version: "0.1.0" };
  const vitals = update === null ? {} : { update };
  const node = await PretendNode.start(client, { id, name: id, facts, vitals });
  await until(`the hub to know ${id}`, async () => {
    const view = await viewOf(hub, id);
    return view?.liveness === "alive" && (view.upgrade !== null) === (update !== null);
  });
  return {
    id,
    client,
    node,
    report: (more) => node.sayVitals({ update: { ...READY, ...more } }),
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]();
      await client[Symbol.asyncDispose]();
    },
  };
}

async function viewOf(hub: Hub, id: string): Promise<NodeView | undefined> {
  return (await hub.nodes()).find((node) => node.id === id);
}

async function untilShown(
  hub: Hub,
  id: string,
  shown: Readonly<Record<string, unknown>>,
): Promise<void> {
  await until(`${id} to show ${JSON.stringify(shown)}`, async () => {
    const upgrade: Readonly<Record<string, unknown>> = { ...(await viewOf(hub, id))?.upgrade };
    return Object.entries(shown).every(([key, value]) => upgrade[key] === value);
  });
}

async function untilAsked({ client, id }: Pi, times = 1): Promise<void> {
  const topic = `rpi-cluster/v1/hub/update/${id}`;
  const heard = await until(`a request to ${id}`, () => {
    const requests = client.messages.filter((message) => message.topic === topic);
    return requests.length >= times && requests;
  });
  assert.deepEqual(
    heard.map(({ payload, retained }) => [JSON.parse(payload), retained]),
    Array.from({ length: times }, () => [{ version: NEW }, false]),
  );
}

Deno.test("a person upgrades a Pi, and sees how far it is and why it failed", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, NEW) } });
  await using pi = await startPi(hub, "john-snow");
  await untilShown(hub, "john-snow", { available: NEW, step: null });
  const response = await post(hub, "nodes/john-snow/upgrade", {});
  assert.deepEqual([response.status, await response.json()], [200, { nodes: ["john-snow"] }]);
  await untilAsked(pi);
  await untilShown(hub, "john-snow", { step: "asked", version: NEW, failure: null });
  await pi.report({ state: "asked" });
  await untilShown(hub, "john-snow", { step: "requested" });
  await pi.report({ state: "running", run: "ours" });
  await untilShown(hub, "john-snow", { step: "running" });
  await pi.report({ state: "failed", run: "ours", failure: "checksum" });
  await untilShown(hub, "john-snow", { step: "failed", failure: "checksum", available: NEW });
  const lines = hub.process.lines.join("\n");
  assert.match(lines, /upgrade asked for .*node=john-snow .*version=0\.2\.0/);
  assert.match(lines, /not upgraded .*node=john-snow .*reason=checksum/);
});

Deno.test("a Pi that cannot be upgraded is refused by name of the reason", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, "0.1.0") } });
  await using _current = await startPi(hub, "arya");
  await using _unwilling = await startPi(hub, "bran", null);
  const refusal = async (id: string) => {
    const response = await post(hub, `nodes/${id}/upgrade`, {});
    return await errorOf(response, response.status);
  };
  assert.equal(await refusal("arya"), "up_to_date");
  assert.equal(await refusal("bran"), "updates_off");
  assert.equal(await refusal("nobody"), "not_found");
  const all = await post(hub, "upgrade", {});
  assert.deepEqual([all.status, await all.json()], [200, { nodes: [] }]);
});

Deno.test("hub upgrade --all asks one after the other, follows them, and stops at a failure", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, NEW) } });
  await using arya = await startPi(hub, "arya");
  await using bran = await startPi(hub, "bran");
  const running = hub.run("upgrade", "--all");
  await untilAsked(arya);
  await untilShown(hub, "bran", { step: "waiting" });
  await arya.report({ state: "failed", run: "ours", failure: "signature" });
  const { code, text } = await running;
  assert.equal(code, 1, text);
  assert.match(text, /^arya: not upgraded to 0\.2\.0: the packages are not signed by the hub/m);
  assert.match(text, /^bran: not upgraded to 0\.2\.0: not tried, because the one before failed$/m);
  assert.deepEqual(bran.client.messages.filter(({ topic }) => topic.includes("/hub/update/")), []);

  const usage = await hub.run("upgrade");
  assert.deepEqual([usage.code, usage.text], [2, "Expected the id of a Pi, or --all"]);
  const unknown = await hub.run("upgrade", "jon-snow");
  assert.equal(unknown.code, 1, unknown.text);
});

Deno.test("hub upgrade ends well when the new version has stayed for a moment", async () => {
  using folder = new TemporaryFolder();
  await using hub = await startHub({ hub: { packages: writePackages(folder, NEW) } });
  await using pi = await startPi(hub, "john-snow");
  const running = hub.run("upgrade", "john-snow");
  await untilAsked(pi);
  await pi.report({ state: "running", run: "ours" });
  await pi.node.farewell({ reason: "restart" });
  const facts = { package: `${NEW} arm64` };
  const update = { state: "done", run: "ours", version: NEW };
  await using _after = await PretendNode.start(pi.client, {
    id: "john-snow",
    name: "john-snow",
    facts,
    vitals: { update },
  });
  const { code, text } = await running;
  assert.equal(code, 0, text);
  assert.match(text, /^john-snow: upgraded to 0\.2\.0$/m);
  await untilShown(hub, "john-snow", { step: "done", available: null });
  assert.deepEqual(await hub.incidents(), []);
});
