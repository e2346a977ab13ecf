/** What Mosquitto's plugin is told and answers. */

import assert from "node:assert/strict";
import { mayPublish, maySubscribe } from "../../../core/protocol/access.ts";
import { createRole, type RoleRule, rulesOf, userOfRole } from "../../../core/protocol/control.ts";
import { decodeReplies } from "../../../core/protocol/control_decoding.ts";

function topics(user: string, acltype: RoleRule["acltype"]): readonly string[] {
  return rulesOf(user, "home").filter((rule) => rule.acltype === acltype).map(({ topic }) => topic);
}

Deno.test("a node's role allows what the embedded broker allows it, and names each topic", () => {
  const sent = topics("arya", "publishClientSend");
  assert.deepEqual(sent, [
    "home/v1/nodes/arya/status",
    "home/v1/nodes/arya/heartbeat",
    "home/v1/nodes/arya/vitals",
    "home/v1/nodes/arya/echo",
    "home/v1/alarm",
  ]);
  for (const topic of sent) assert.ok(mayPublish("arya", topic, "home"), topic);
  for (const topic of topics("arya", "subscribePattern")) {
    assert.ok(maySubscribe("arya", topic, "home"), topic);
  }
});

Deno.test("the hub alone commands the plugin and hears how many messages were dropped", () => {
  assert.ok(topics("hub", "publishClientSend").includes("$CONTROL/dynamic-security/#"));
  assert.ok(topics("hub", "subscribePattern").includes("$SYS/broker/publish/messages/dropped"));
  for (const { topic } of rulesOf("hubert", "home")) assert.ok(!topic.startsWith("$"), topic);
});

Deno.test("a role is known by its name, and others are not ours", () => {
  assert.equal(userOfRole(String(createRole("arya", "home").rolename)), "arya");
  assert.equal(userOfRole("admin"), undefined);
});

Deno.test("answers are decoded, with what was asked for or why not", () => {
  const responses = [
    { command: "listRoles", correlationData: "7", data: { totalCount: 2, roles: ["a", "b"] } },
    { command: "createClient", error: "Client already exists" },
  ];
  assert.deepEqual(decodeReplies(JSON.stringify({ responses })), {
    ok: true,
    value: [
      { command: "listRoles", request: "7", error: undefined, names: ["a", "b"], total: 2 },
      {
        command: "createClient",
        request: undefined,
        error: "Client already exists",
        names: [],
        total: 0,
      },
    ],
  });
});

Deno.test("an answer that is none is refused", () => {
  const bad = ["", "x", "[]", "{}", '{"responses":7}', '{"responses":[7]}'];
  const names = '{"responses":[{"data":{"clients":[7]}}]}';
  for (const payload of [...bad, names]) assert.equal(decodeReplies(payload).ok, false, payload);
});
