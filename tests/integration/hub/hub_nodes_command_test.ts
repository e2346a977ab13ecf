/** `hub nodes`: which agents are older than their hub. */

import assert from "node:assert/strict";
import { VERSION } from "../../../core/version.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { startHub } from "../../support/program/programs.ts";

Deno.test("hub nodes lists the versions of all agents, for people and for programs", async () => {
  await using hub = await startHub();
  await using parts = new AsyncDisposableStack();
  for (const [id, version] of [["arya", "0.0.1"], ["bran", VERSION], ["hodor", "hodor\nhodor"]]) {
    if (id === undefined || version === undefined) continue;
    const client = parts.use(
      await TestClient.connect({
        port: hub.brokerPort,
        username: id,
        password: hub.credential(id),
      }),
    );
    parts.use(await PretendNode.start(client, { id, name: id, facts: { version } }));
    await hub.waitForLiveness(id, "alive");
  }
  const { code, text } = await hub.run("nodes");
  assert.equal(code, 0, text);
  const [sentence = "", blank, ...rows] = text.split("\n");
  assert.equal(sentence, `The hub has version ${VERSION}: 1 of 3 Pis are older.`);
  assert.equal(blank, "");
  assert.deepEqual(rows.map((row) => row.split(/ {2,}/)), [
    ["up", "arya", "arya", "0.0.1, older than the hub"],
    ["up", "bran", "bran", VERSION],
    ["up", "hodor", "hodor", "hodor hodor"],
  ]);
  const json = JSON.parse((await hub.run("nodes", "--json")).text);
  assert.equal(json.version, VERSION);
  assert.deepEqual(
    json.nodes.map(({ id, outdated }: { id: string; outdated: boolean }) => [id, outdated]),
    [["arya", true], ["bran", false], ["hodor", false]],
  );
});
