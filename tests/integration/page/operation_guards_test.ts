/** Each operation of the API asks for the password: no other credential of the cluster opens it. */

import assert from "node:assert/strict";
import { lineFor, pathOf, valueIn } from "../../support/join/line.ts";
import { session } from "../../support/page/hub_http.ts";
import { ApiDocument, type ApiOperation } from "../../support/page/openapi.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";

/** What a request may show in place of the password. */
interface Foreign {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An error, or a request to wait: each wrong password of an address is counted. */
const REFUSED: readonly number[] = [401, 429];

/** Those who have something, but not the right to this. */
async function foreigners(hub: Hub): Promise<readonly Foreign[]> {
  const path = pathOf(await lineFor(hub, "arya"));
  const key = valueIn(await (await hub.fetch(path)).text(), "KEY");
  const ended = await session(hub);
  const out = await hub.fetch("/api/v1/logout", { method: "POST", headers: { Cookie: ended } });
  assert.equal(out.status, 200, await out.text());
  const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
  return [
    { name: "a session that has ended", headers: { Cookie: ended } },
    { name: "an empty password", headers: bearer("") },
    { name: "a part of the password", headers: bearer(hub.password.slice(0, -1)) },
    { name: "a node's password at the broker", headers: bearer(hub.credential("john-snow")) },
    { name: "the token of a line", headers: bearer(path.slice("/join/".length)) },
    { name: "the key of a script", headers: bearer(key) },
    {
      name: "the password as a basic login",
      headers: { Authorization: `Basic ${btoa(`hub:${hub.password}`)}` },
    },
  ];
}

async function ask(hub: Hub, operation: ApiOperation, { headers }: Foreign): Promise<Response> {
  const { method, requestBody } = operation;
  return await hub.fetch(operation.path.replace("{id}", "john-snow"), {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    ...(requestBody === undefined ? {} : { body: "{}" }),
  });
}

Deno.test("no operation is open to another credential of the cluster, or to one that has ended", async () => {
  await using hub = await startHub({ cluster: { nodes: "john-snow" } });
  const { operations } = await ApiDocument.from(hub);
  const guarded = operations.filter(({ security }) => security.length > 0);
  assert.ok(guarded.length > 25, `${guarded.length}`);
  const before = JSON.stringify(await hub.api("/api/v1/alarm"));
  for (const foreign of await foreigners(hub)) {
    for (const operation of guarded) {
      const response = await ask(hub, operation, foreign);
      const text = await response.text();
      const what = `${operation.operationId} with ${foreign.name}: ${response.status} ${text}`;
      assert.ok(REFUSED.includes(response.status), what);
      assert.match(text, /^\{"error":\{"code":"(?:unauthorized|too_many_attempts)"/, what);
    }
  }
  assert.equal(JSON.stringify(await hub.api("/api/v1/alarm")), before);
  assert.deepEqual((await hub.nodes()).map(({ id }) => id), ["john-snow"]);
});
