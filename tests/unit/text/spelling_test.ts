import assert from "node:assert/strict";
import { closest, closestNode } from "../../../core/text/spelling.ts";

Deno.test("a name is found with a typing error, but not with a larger difference", () => {
  const commands = ["status", "enrol", "revoke", "silence"];
  const found = [
    ["statsu", "status"],
    ["enroll", "enrol"],
    ["enrol", "enrol"],
    ["silense", "silence"],
    ["rewoke", "revoke"],
    ["promote", undefined],
    ["", undefined],
    ["x".repeat(100_000), undefined],
  ] as const;
  for (const [name, meant] of found) assert.equal(closest(name, commands), meant, name);
  assert.equal(closest("ledd", ["led"]), "led");
  assert.equal(closest("abc", ["led"]), undefined);
});

Deno.test("a node is found by its id and by its name, in any letter case", () => {
  const nodes = [
    { id: "john-snow", name: "Lord Commander" },
    { id: "pi-2", name: "john-snow" },
  ];
  assert.equal(closestNode("jon-snow", nodes), "john-snow");
  assert.equal(closestNode("John-Snow", nodes), "john-snow");
  assert.equal(closestNode(" lord comander ", nodes), "john-snow");
  assert.equal(closestNode("bran", nodes), undefined);
  assert.equal(closestNode("bran", []), undefined);
});
