/** How a message changes the node that it is about. */

import type { Birth, Evidence, Heartbeat, LastWill } from "../protocol/wire.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { markAlive, setFirstDeadline } from "./deadlines.ts";
import { acceptBirth, acceptFarewell, acceptHeartbeat, acceptWill, hint } from "./detector.ts";
import { grant, isPresumedAlive, isPresumedDead } from "./hearing.ts";
import { nodeOf, reportDuplicateId } from "./membership.ts";
import { takeWays } from "./node_access.ts";
import { doubt, recordSignOfLife } from "./network_doubt.ts";
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
      if (retained && isPresumedDead(step, node)) break;
      step.emit(acceptFarewell(node, message, { nowMs, retained, timing }));
      break;
    case "vitals":
      if (retained || message.session !== node.session) break;
      node.vitals = message.vitals;
      node.update = message.update;
      takeWays(step, node, message.ways);
      break;
  }
  reportDuplicateId(step, node);
  step.schedule(node);
}

function takeHeartbeat(step: ClusterStep, node: NodeState, beat: Heartbeat): void {
  if (!acceptHeartbeat(node, beat, step.nowMs)) return;
  recordSignOfLife(step, node, heardMs(node.queueDelay, beat.upMs, step));
  step.emit(markAlive(node, "heartbeat", step));
  takeStorage(step, node, beat);
  // A birth of the same session says it better.
  const isNamed = node.name !== undefined && node.factsAreOfSession;
  if (beat.name !== undefined && !isNamed) node.name = beat.name;
  if (beat.vitals !== undefined) node.vitals = beat.vitals;
}

/** A birth carries no send time, so it counts from the instant of reading. */
function takeBirth(step: ClusterStep, node: NodeState, birth: Birth): void {
  const { nowMs } = step;
  const { id, lastHeardMs } = node;
  const hasRebooted = isUnexpectedReboot(node, birth, nowMs);
  if (!acceptBirth(node, birth, nowMs)) return;
  if (hasRebooted) step.emit({ kind: "rebooted", node: id, atMs: nowMs, lastHeardMs });
  recordSignOfLife(step, node, nowMs);
  step.emit(markAlive(node, "birth", step));
}

/** The node's silence may have been due before the will was read, so that step comes first. */
function takeWill(step: ClusterStep, node: NodeState, will: LastWill): void {
  if (will.session === node.session) passSuspicion(step, node);
  const transition = acceptWill(node, will, step.nowMs, step.timing);
  step.emit(transition);
  if (transition !== undefined) doubt(step, node);
}

function takeHint(step: ClusterStep, node: NodeState, message: Birth | LastWill): void {
  const { everyMs } = node;
  step.emit(hint(node, message, step.nowMs));
  // The hint may change the interval, and the first grace depends on it.
  if (node.liveness === "unknown" && !step.state.blind) {
    setFirstDeadline(node, step.nowMs, step.options);
  }
  if (isPresumedAlive(step, node) && node.everyMs !== everyMs) grant(step, node);
}
