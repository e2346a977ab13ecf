/** The state of the cluster for `hub status` and widgets. */

import assert from "node:assert/strict";
import type { NodeView } from "../../../core/api/node_view.ts";
import { type StatusView, statusView } from "../../../core/api/status_view.ts";
import { statusLines } from "../../../hub/commands/status_text.ts";
import { AT, node, nodes } from "../../support/page/page_views.ts";

const LATER = "2026-03-01T14:02:11.000Z";
const HEARD = "2026-03-01T12:57:08.000Z";
const DOWN = node("John Snow", "dead", { last_heartbeat_at: HEARD });
const FAILING = node("Khal Drogo", "alive", { storage: { fault: "no_answer", since: AT } });

function status(of: readonly NodeView[], other: Partial<StatusView> = {}): StatusView {
  const observed = {
    at: AT,
    version: "1",
    blind: null,
    silences: [],
    maintenance: [],
    backup: null,
  };
  const notification = { state: "works", channels: [] } as const;
  return statusView({ ...observed, notification, refused: [], nodes: of, ...other });
}

/** Without times in the machine's own zone. */
function lines(view: StatusView): readonly string[] {
  return statusLines(view).map((line) => line.replace(/\d\d:\d\d:\d\d( UTC)?/g, "TIME"));
}

Deno.test("the status is the worst true one", () => {
  const maintained = { maintenance_until: LATER };
  const blind = { since: AT, code: "no_echo", reason: "it has just started" } as const;
  const late = node("Late", "suspect");
  assert.equal(status([DOWN], { blind }).status, "blind");
  const found = [
    [[], "none"],
    [[DOWN, FAILING, late], "down"],
    [[{ ...DOWN, ...maintained }, FAILING, late], "failing"],
    [[{ ...FAILING, ...maintained }, late], "late"],
    [[late, node("New", "unknown")], "late"],
    [[node("New", "unknown"), node("Bran")], "unknown"],
    [[{ ...DOWN, ...maintained }, node("Bran")], "maintenance"],
    [[node("Bran"), node("Sansa", "left")], "up"],
    [[node("Sansa", "left")], "stopped"],
  ] as const;
  for (const [of, code] of found) assert.equal(status(of).status, code);
});

Deno.test("the terminal shows trouble first, and durations since the last sign of life", () => {
  const sansa = node("Sansa", "dead", { last_heartbeat_at: null, acknowledged: true });
  const view = status([node("Bran"), DOWN, sansa, FAILING]);
  assert.deepEqual(lines(view), [
    "2 of 4 Pis are down.",
    "",
    "down  john-snow   John Snow   silent for 5 min 3 s, last heard TIME",
    "down  sansa       Sansa       never heard, acknowledged",
    "up    bran        Bran        heard just now",
    "up    khal-drogo  Khal Drogo  heard just now, its card does not answer",
  ]);
  assert.equal(lines(status([FAILING, node("Bran")]))[0], "Khal Drogo is failing.");
  assert.equal(lines(status(nodes(3, "dead")))[0], "All 3 Pis are down.");
  assert.equal(lines(status([node("Bran"), node("Sansa", "left")]))[0], "1 Pi is up, 1 stopped.");
  assert.deepEqual(lines(status([])), ["No Pi has reported yet."]);
});

Deno.test("a blind hub shows its last state as such, and texts from the network cannot control a terminal", () => {
  const blind = {
    since: HEARD,
    code: "no_echo",
    reason: "of no concern\u001b[2J",
  } as const;
  const name = "John\u001b[31m Snow\nBran is up";
  const [sentence = "", , row = ""] = lines(
    status([{ ...DOWN, name, display_name: name }], { blind }),
  );
  assert.match(
    sentence,
    /^The hub has not seen the cluster since TIME: the broker does not answer\./,
  );
  assert.match(row, /^was down {2}john-snow {2}John \[31m Snow Bran is up {2}silent for/);
});

Deno.test("the terminal names a Pi like messages do", () => {
  const taken = { ...DOWN, display_name: "John Snow (john-snow)" };
  assert.equal(lines(status([taken]))[0], "John Snow (john-snow) is down.");
  // An older hub does not send such a name.
  const older = JSON.stringify(
    status([taken]),
    (key, value) => key === "display_name" ? undefined : value,
  );
  assert.equal(lines(JSON.parse(older))[0], "John Snow is down.");
});

Deno.test("the terminal lists clients that are refused repeatedly, and their texts cannot control it", () => {
  const times = { count: 1240, since: HEARD, last: AT };
  const refused = [
    { reason: "page_login", from: "203.0.113.9", ...times },
    { reason: "rate", from: "pi\u001b[2J\n7", ...times },
    { reason: "viewers", from: null, ...times },
  ] as const;
  assert.deepEqual(lines(status([node("Bran")], { refused })).slice(-4), [
    "Refused again and again:",
    "  203.0.113.9: wrong password for the page, 1240 times since TIME, last TIME",
    "  pi [2J 7: publishes more than its credential may, 1240 times since TIME, last TIME",
    "  many addresses: wants to watch, and no place is free, 1240 times since TIME, last TIME",
  ]);
  const many = Array.from({ length: 20 }, (_, index) => ({
    reason: "page_login" as const,
    from: `10.0.0.${index}`,
    ...times,
  }));
  assert.equal(lines(status([node("Bran")], { refused: many })).at(-1), "  and 15 more");
});
