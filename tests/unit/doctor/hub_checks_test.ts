/** What the hub's doctor makes of what it has collected. */

import assert from "node:assert/strict";
import type { StatusView } from "../../../core/api/status_view.ts";
import {
  backupFinding,
  hubNameFindings,
  messagesFinding,
  providerFinding,
  runFinding,
} from "../../../core/doctor/hub_checks.ts";
import { node } from "../../support/page/page_views.ts";
import { statusView } from "../../../core/api/status_view.ts";

const AT = "2026-11-30T12:00:00.000Z";
const HOUR_MS = 3_600_000;

function status(change: Partial<StatusView>): StatusView {
  return statusView({
    at: AT,
    version: "1",
    blind: null,
    notification: { state: "works", channels: [] },
    refused: [],
    nodes: [],
    silences: [],
    maintenance: [],
    backup: null,
    ...change,
  });
}

Deno.test("the running hub is well while it sees its Pis, also those that are down", () => {
  const nodes = [node("Arya", "alive"), node("Bran", "dead")];
  assert.equal(runFinding(status({ nodes })).found, "runs, watches 2 Pis, 1 down");
  assert.equal(runFinding(status({ nodes })).level, "ok");
  assert.equal(runFinding(status({})).level, "warning", "nobody is enrolled");
  const blind = { since: AT, code: "no_connection", reason: "" } as const;
  assert.equal(runFinding(status({ nodes, blind })).level, "wrong");
  const away = runFinding("No hub answers at its socket");
  assert.equal(away.level, "wrong");
  assert.match(away.advice ?? "", /systemctl enable --now hub/);
});

Deno.test("an id with two machines is wrong, and a name without an answer a warning", () => {
  const names = { hostname: "castle-black", hasMdns: true, duplicates: ["arya"] };
  assert.deepEqual(hubNameFindings(names).map(({ level }) => level), ["wrong", "ok"]);
  const mute = hubNameFindings({ ...names, hasMdns: false, duplicates: [] });
  assert.deepEqual(mute.map(({ level }) => level), ["warning"]);
  assert.match(mute[0]?.advice ?? "", /avahi-daemon/);
});

Deno.test("a hub that notifies nobody is not well", () => {
  assert.equal(messagesFinding("works").level, "ok");
  for (const state of ["none", "printed", "failing"] as const) {
    assert.equal(messagesFinding(state).level, "wrong", state);
    assert.match(messagesFinding(state).found, /^nobody is notified/);
  }
});

Deno.test("a provider that would refuse messages is wrong, and a silent one a warning", () => {
  assert.equal(providerFinding("family", { kind: "reached" }).level, "ok");
  assert.equal(providerFinding("family", { kind: "unknown" }).level, "ok");
  assert.equal(providerFinding("family", { kind: "deferred", why: "no answer" }).level, "warning");
  const refused = providerFinding("family", { kind: "refused", why: "wrong token" });
  assert.equal(refused.level, "wrong");
  assert.match(refused.found, /wrong token$/);
});

Deno.test("a backup that is missing or old is a warning", () => {
  const nowMs = Date.UTC(2026, 10, 30, 12);
  const facts = { folder: "/backups", count: 7, nowMs, error: undefined };
  const finding = (ageMs: number | undefined, change: Partial<typeof facts> = {}) =>
    backupFinding({ ...facts, newestMs: ageMs === undefined ? ageMs : nowMs - ageMs, ...change });
  assert.equal(finding(9 * HOUR_MS).level, "ok");
  assert.match(finding(9 * HOUR_MS).found, /^\/backups: 7, the last one 9 h ago/);
  assert.equal(finding(50 * HOUR_MS).level, "ok");
  assert.equal(finding(51 * HOUR_MS).level, "warning");
  assert.equal(finding(undefined).level, "warning");
  const failed = backupFinding({ ...facts, newestMs: nowMs, error: "the disk is full" });
  assert.equal(failed.level, "warning");
  assert.match(failed.found, /the disk is full/);
  assert.equal(backupFinding({ ...facts, newestMs: nowMs, folder: undefined }).level, "warning");
});
