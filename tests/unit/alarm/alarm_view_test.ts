/** What the hub believes that LEDs show, looked at once for all that happened in a turn. */

import assert from "node:assert/strict";
import { NO_SILENCE } from "../../../core/alarm/silence.ts";
import type { IndicationKind } from "../../../core/alarm/indication.ts";
import type { Liveness } from "../../../core/detection/liveness.ts";
import { newCluster } from "../../../core/detection/cluster_state.ts";
import { newNode } from "../../../core/detection/node_state.ts";
import type { MonitorOutput } from "../../../core/alerting/policy/monitor.ts";
import { AlarmView } from "../../../hub/alarm/alarm_view.ts";
import { HandClock } from "../../support/time/hand_clock.ts";

const NODES = 1000;
const HOLD_MS = 4000;

function change(index: number, to: Liveness): MonitorOutput {
  const node = `pi-${index}`;
  const from = to === "dead" ? "suspect" : "dead";
  return { kind: "transition", node, from, to, reason: "silence", atMs: 0, lastHeardMs: 0 };
}

Deno.test("a thousand deaths of one turn are one look at the silences, and so are their returns", () => {
  const hand = new HandClock();
  const clock = {
    nowMs: hand.nowMs,
    wallMs: hand.wallMs,
    callAt: () => ({ [Symbol.dispose]() {} }),
  };
  const cluster = newCluster(
    Array.from({ length: NODES }, (_, index) => newNode(`pi-${index}`, 0, true)),
  );
  let looks = 0;
  const shown: IndicationKind[] = [];
  using view = new AlarmView({
    clock,
    rules: { holdMs: HOLD_MS },
    silence: () => {
      looks++;
      return NO_SILENCE;
    },
    onChange: (kind) => shown.push(kind),
  });
  const turn = (outputs: readonly MonitorOutput[]) => {
    for (const output of outputs) view.take([output], cluster, hand.nowMs());
    view.look();
  };
  const all = (to: Liveness) => Array.from({ length: NODES }, (_, index) => change(index, to));
  turn([{ kind: "visibility", blind: false, reason: "visible", atMs: 0 }]);
  turn(all("dead"));
  hand.moveTo(HOLD_MS);
  view.look();
  turn(all("alive"));
  assert.deepEqual(shown, ["all_well", "dead", "dead_buzzing", "all_well"]);
  assert.equal(looks, 4);
});
