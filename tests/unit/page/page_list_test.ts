/** The list of nodes: order, groups, filter, links. */

import assert from "node:assert/strict";
import { remoteLinks } from "../../../web/list/remote.ts";
import { filtered, isSameOrder, sectionsOf } from "../../../web/list/sections.ts";
import { verdictOf } from "../../../web/status/verdict.ts";
import { AT, node, nodes, view } from "../../support/page/page_views.ts";

Deno.test("groups stand by name, the one with the worst trouble first, and those without at the end", () => {
  const all = [
    node("loner"),
    node("b1", "alive", { group: "Basement" }),
    node("a1", "alive", { group: "Attic" }),
    node("c2", "dead", { group: "Cellar" }),
    node("c1", "left", { group: "Cellar" }),
    node("a2", "left", { group: "Attic" }),
  ];
  assert.deepEqual(sectionsOf(all), [
    { name: "Cellar", ids: ["c2", "c1"] },
    { name: "Attic", ids: ["a1", "a2"] },
    { name: "Basement", ids: ["b1"] },
    { name: null, ids: ["loner"] },
  ]);
});

Deno.test("a filter finds each of its words somewhere in a node", () => {
  const all = [
    node("John Snow", "dead", { group: "Wall", facts: { addresses: ["192.168.1.20", "fe80::1"] } }),
    node("Arya Stark", "alive", { facts: { model: "Raspberry Pi 5" } }),
  ];
  const found = (filter: string) => filtered(all, filter).map(({ id }) => id);
  assert.deepEqual(found(""), ["john-snow", "arya-stark"]);
  assert.deepEqual(found("  SNOW wall"), ["john-snow"]);
  assert.deepEqual(found("down"), ["john-snow"]);
  assert.deepEqual(found("fe80"), ["john-snow"]);
  assert.deepEqual(found("pi 5"), ["arya-stark"]);
  assert.deepEqual(found("snow arya"), []);
});

Deno.test("heartbeats and vitals move nothing; deaths, names and groups do", () => {
  const before = [node("a"), node("b")];
  const with_ = (change: object) => [node("a"), { ...node("b"), ...change }];
  assert.ok(isSameOrder(before, with_({ last_heartbeat_at: "2026-03-01T13:02:12.000Z" })));
  assert.ok(isSameOrder(before, with_({ vitals: { cpu: { value: 3, level: "ok" } } })));
  assert.ok(!isSameOrder(before, with_({ liveness: "dead" })));
  assert.ok(!isSameOrder(before, with_({ display_name: "c" })));
  assert.ok(!isSameOrder(before, with_({ group: "c" })));
  assert.ok(!isSameOrder(before, with_({ vitals: { cpu: { value: 3, level: "critical" } } })));
  assert.ok(!isSameOrder(before, before.slice(1)));
});

Deno.test("only schemes that start no code become links", () => {
  const links = remoteLinks([
    "ssh://pi@john-snow.local",
    "https://john-snow.local:8443/",
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "not a url",
    `https://x/${"y".repeat(300)}`,
  ]);
  assert.deepEqual(links.map(({ words }) => words), ["SSH", "Web"]);
  assert.equal(remoteLinks(Array.from({ length: 20 }, () => "ssh://a")).length, 8);
});

Deno.test("a node that is down for maintenance is not an alarm, until its time is over", () => {
  const at = (until: string) =>
    verdictOf(view([node("Bran", "dead", { maintenance_until: until }), ...nodes(3, "alive")]), {
      kind: "live",
    });
  const during = at("2026-03-01T14:00:00.000Z");
  assert.deepEqual([during.severity, during.spoken], ["asleep", "Bran is down for maintenance"]);
  assert.equal(during.deadCount, 1);
  assert.equal(at(AT).severity, "down");
});
