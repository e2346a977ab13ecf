/** What a message about a node does to it. */

import type { Birth, Evidence, Heartbeat, LastWill } from "../protocol/wire.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { grantFirst, markAlive } from "./deadlines.ts";
import { acceptBirth, acceptFarewell, acceptHeartbeat, acceptWill, hint } from "./detector.ts";
import { nodeOf, reportDuplicateId } from "./membership.ts";
import { doubt, hear } from "./network_doubt.ts";
import type { NodeState } from "./node_state.ts";
import { takeStorage } from "./node_storage.ts";
import { heardMs } from "./queue_delay.ts";
import { isUnexpectedReboot } from "./sessions.ts";
import { passSuspicion } from "./verdict.ts";

export function takeEvidence(step: ClusterStep, { node: id, message, retained }: Evidence): void {
  const node = nodeOf(step, id);
  if (node === undefined) return;
  const { nowMs, timing } = step;
  switch (message.kind) {
    case "heartbeat":
      if (!retained) takeHeartbeat(step, node, message);
      break;
    case "birth":
      if (retained) takeHint(step, node, message);
      else takeBirth(step, node, message);
      break;
    case "last_will":
      if (retained) takeHint(step, node, message);
      else takeWill(step, node, message);
      break;
    case "farewell":
      step.emit(acceptFarewell(node, message, { nowMs, retained, timing }));
      break;
    case "vitals":
      if (!retained && message.session === node.session) node.vitals = message.vitals;
      break;
  }
  reportDuplicateId(step, node);
  step.schedule(node);
}

function takeHeartbeat(step: ClusterStep, node: NodeState, beat: Heartbeat): void {
  if (!acceptHeartbeat(node, beat, step.nowMs)) return;
  hear(step, node, heardMs(node.queueDelay, beat.upMs, step));
  step.emit(markAlive(node, "heartbeat", step));
  takeStorage(step, node, beat);
}

/** A birth does not tell when it was said: it counts from when it is read. */
function takeBirth(step: ClusterStep, node: NodeState, birth: Birth): void {
  const { nowMs } = step;
  const { id, lastHeardMs } = node;
  const hasRebooted = isUnexpectedReboot(node, birth, nowMs);
  if (!acceptBirth(node, birth, nowMs)) return;
  if (hasRebooted) step.emit({ kind: "rebooted", node: id, atMs: nowMs, lastHeardMs });
  hear(step, node, nowMs);
  step.emit(markAlive(node, "birth", step));
}

/** A will may be read later than its node's silence was due: that step comes first. */
function takeWill(step: ClusterStep, node: NodeState, will: LastWill): void {
  if (will.session === node.session) passSuspicion(step, node);
  const transition = acceptWill(node, will, step.nowMs, step.timing);
  step.emit(transition);
  if (transition !== undefined) doubt(step, node);
}

function takeHint(step: ClusterStep, node: NodeState, message: Birth | LastWill): void {
  step.emit(hint(node, message, step.nowMs));
  // The interval may be news, and the wait for a first sign of life follows it.
  if (node.liveness === "unknown" && !step.state.blind) grantFirst(node, step.nowMs, step.options);
}
