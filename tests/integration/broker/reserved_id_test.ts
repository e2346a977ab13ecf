/** Ids that look like words of commands: new ones are refused, known ones are still watched. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { hashPassword } from "../../../hub/credentials/password_hash.ts";
import { Store } from "../../../hub/store/store.ts";
import { TestClient } from "../../support/broker/mqtt_client.ts";
import { PretendNode } from "../../support/nodes/pretend_node.ts";
import { post } from "../../support/page/hub_actions.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { QUICK_DEATHS } from "../../support/program/detection_times.ts";

const PASSWORD = "password-of-an-earlier-version";
const PATIENCE = { withinMs: 30_000 };

/** Enrols ids that an earlier version accepted and this one does not. */
function enrolAnyway(hub: Hub, ids: readonly string[]): void {
  const lines = ids.map((id) => `${id}:${hashPassword(PASSWORD)}\n`);
  Deno.writeTextFileSync(join(hub.statePath, "passwd"), lines.join(""));
}

function rememberNode(hub: Hub, id: string): void {
  using store = new Store(join(hub.statePath, "hub.db"));
  const sinceMs = Date.now();
  store.nodes.save({
    id,
    name: "The first of all",
    facts: {},
    liveness: "alive",
    isExpected: true,
    session: undefined,
    sinceMs,
    everyMs: 1000,
    reconnectMs: 2000,
    lastHeardMs: sinceMs,
    backByMs: undefined,
    leftReason: undefined,
    endedSessions: [],
  });
}

function connect(hub: Hub, username: string): Promise<TestClient> {
  return TestClient.connect({ port: hub.brokerPort, username, password: PASSWORD });
}

Deno.test("a hub gives advice about a reserved id, still watches a known one, and refuses a new one", async () => {
  await using hub = await startHub({ cluster: QUICK_DEATHS });
  await hub.stop();
  enrolAnyway(hub, ["all", "2h"]);
  rememberNode(hub, "all");
  await hub.start();
  const told = await hub.process.line("this Pi needs another id", PATIENCE);
  assert.match(told, /because "all" means every Pi in commands/);
  assert.match(told, /node=all/);
  assert.match(told, /hub enrol NEW-ID, then rpi-cluster-hub revoke all/);

  await using known = await connect(hub, "all");
  const node = await PretendNode.start(known, { id: "all", name: "The first of all" });
  await hub.waitForLiveness("all", "alive", PATIENCE.withinMs);
  await using stranger = await connect(hub, "2h");
  await using _other = await PretendNode.start(stranger, { id: "2h", name: "Two" });
  const refused = await hub.process.line("not watched: its Pi needs another id", PATIENCE);
  assert.match(refused, /because "2h" is a duration in commands/);
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), ["all"]);

  await node[Symbol.asyncDispose]();
  await hub.waitForLiveness("all", "dead", PATIENCE.withinMs);
});

Deno.test("a reserved id cannot be enrolled, by command or page, and the error says why", async () => {
  await using hub = await startHub();
  for (const id of ["all", "off", "2h", "0"]) {
    const { code, text } = await hub.run("enrol", id);
    assert.notEqual(code, 0, text);
    assert.match(text, /expected another id, because ".*" (means|ends|is) /);
    const response = await post(hub, "enrol", { id });
    const body = await response.text();
    assert.equal(response.status, 400, body);
    assert.match(body, /another id, because /);
  }
});
