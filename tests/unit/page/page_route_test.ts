/** Addresses of the page's views. */

import assert from "node:assert/strict";
import { pathOf, type Route, routeOf } from "../../../web/routing/route.ts";

Deno.test("every view has an address that leads back to it", () => {
  const routes: readonly Route[] = [
    { kind: "home" },
    { kind: "node", id: "john-snow" },
    { kind: "node", id: "a/b %?#ü" },
    { kind: "incidents" },
    { kind: "alarm" },
    { kind: "add" },
    { kind: "sessions" },
  ];
  for (const route of routes) assert.deepEqual(routeOf(pathOf(route)), route);
});

Deno.test("an address may end with a slash, and one that leads nowhere says so", () => {
  assert.deepEqual(routeOf("/incidents/"), { kind: "incidents" });
  assert.deepEqual(routeOf("/nodes/pi-1/"), { kind: "node", id: "pi-1" });
  for (const path of ["/nodes/", "/nodes/%E0%A4%A", "/nodes/a/b", "/metrics", "//evil"]) {
    assert.deepEqual(routeOf(path), { kind: "lost", path });
  }
});
