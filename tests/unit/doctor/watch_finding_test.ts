/** What the doctor says of a tracker that learns from the hub. */

import assert from "node:assert/strict";
import { watchFinding } from "../../../core/doctor/watch_finding.ts";
import type { WatchMode } from "../../../core/config/value/watch_mode.ts";
import type { HubView } from "../../../core/protocol/hub_view.ts";
import { deadView, view } from "../../support/detection/hub_score.ts";

function found(watch: WatchMode, said: HubView | undefined, nodes: readonly string[] = []) {
  const finding = watchFinding({ nodes, watch }, said);
  return finding && `${finding.level}: ${finding.found}`;
}

Deno.test("where every node is heard, there is nothing to say", () => {
  assert.equal(found("all", view(1)), undefined);
  assert.equal(found("auto", undefined), undefined);
  assert.equal(found("auto", view(1, { nodes: 199 })), undefined);
  assert.equal(found("hub", view(1), ["pi-1"]), undefined);
});

Deno.test("otherwise it says what the hub says, and what is wrong with it", () => {
  assert.match(found("auto", deadView(1, ["pi-1"])) ?? "", /learns from the hub: 1000 Pis, 1 of/);
  assert.match(found("hub", undefined) ?? "", /^warning: .*no view/);
  assert.match(found("hub", view(1, { blind: true })) ?? "", /^warning: the hub is blind/);
});
