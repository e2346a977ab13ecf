/** How a message changes the node that it is about. */

import type { Birth, Evidence, Heartbeat, LastWill, NodeMessage } from "../protocol/wire.ts";
import type { FromBroker } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { markAlive, setFirstDeadline } from "./deadlines.ts";
import { acceptBirth, acceptFarewell, acceptHeartbeat, acceptWill, hint } from "./detector.ts";
import { grant, isPresumedAlive, isPresumedDead } from "./hearing.ts";
import { carriersOf, isBehind, type LinkState, noteHeardBy } from "./link_state.ts";
import { nodeOf, reportDuplicateId } from "./membership.ts";
import { takeWays } from "./node_access.ts";
import { doubt, recordSignOfLife } from "./network_doubt.ts";
import type { NodeState } from "./node_state.ts";
import { takeStorage } from "./node_storage.ts";
import { heardMs } from "./queue_delay.ts";
import { isLeftover, isUnexpectedReboot } from "./sessions.ts";
import { passSuspicion } from "./verdict.ts";

export function takeEvidence(step: ClusterStep, evidence: Evidence & FromBroker): void {
  const { node: id, message, retained, link: index = 0 } = evidence;
  const node = nodeOf(step, id);
  const link = step.state.links[index];
  if (node === undefined || link === undefined) return;
  if (!retained && isOutdated(step, node, { message, link })) return;
  const { nowMs, timing } = step;
  switch (message.kind) {
    case "heartbeat":
      if (!retained) takeHeartbeat(step, node, { beat: message, link });
      break;
    case "birth":
      if (retained) takeHint(step, node, message);
      else takeBirth(step, node, { birth: message, link });
      break;
    case "last_will":
      if (retained) takeHint(step, node, message);
      else takeWill(step, node, { will: message, link });
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

/**
 * A broker that this observer does not see yet, while it sees another one, may have stalled. What it
 * has of other sessions, its vitals and last wills may be older than what the other one brought.
 */
function isOutdated(
  { state, nowMs }: ClusterStep,
  node: NodeState,
  { message, link }: { readonly message: NodeMessage; readonly link: LinkState },
): boolean {
  if (state.links.length === 1) return false;
  if (isLeftover(node, message.session, nowMs)) return true;
  if (!isBehind(state, link)) return false;
  if (message.kind === "last_will" || message.kind === "vitals") return true;
  return message.session !== node.session;
}

function takeHeartbeat(
  step: ClusterStep,
  node: NodeState,
  { beat, link }: { readonly beat: Heartbeat; readonly link: LinkState },
): void {
  const isNews = acceptHeartbeat(node, beat, step.nowMs);
  if (!isNews) return noteCopy(step, node, { beat, link });
  const atMs = heardMs(node.queueDelay, beat.upMs, step);
  noteHeardBy(step.state, node, { link, atMs });
  recordSignOfLife(step, node, atMs);
  step.emit(markAlive(node, "heartbeat", step));
  takeStorage(step, node, beat);
  // A birth of the same session says it better.
  const isNamed = node.name !== undefined && node.factsAreOfSession;
  if (beat.name !== undefined && !isNamed) node.name = beat.name;
  if (beat.vitals !== undefined) node.vitals = beat.vitals;
}

/** The same heartbeat came by another broker before. It shows that this broker has the node, too. */
function noteCopy(
  { state }: ClusterStep,
  node: NodeState,
  { beat, link }: { readonly beat: Heartbeat; readonly link: LinkState },
): void {
  const { session, leftSession, seq, everyMs, lastHeardMs } = node;
  if (beat.session !== session || session === leftSession || lastHeardMs === undefined) return;
  noteHeardBy(state, node, { link, atMs: lastHeardMs - (seq - beat.seq) * everyMs });
}

/** A birth carries no send time, so it counts from the instant of reading. */
function takeBirth(
  step: ClusterStep,
  node: NodeState,
  { birth, link }: { readonly birth: Birth; readonly link: LinkState },
): void {
  const { nowMs } = step;
  const { id, lastHeardMs } = node;
  const hasRebooted = isUnexpectedReboot(node, birth, nowMs);
  if (!acceptBirth(node, birth, nowMs)) return;
  noteHeardBy(step.state, node, { link, atMs: nowMs });
  if (hasRebooted) step.emit({ kind: "rebooted", node: id, atMs: nowMs, lastHeardMs });
  recordSignOfLife(step, node, nowMs);
  step.emit(markAlive(node, "birth", step));
}

/**
 * The node's silence may have been due before the will was read, so that step comes first. While the
 * node is heard by another broker, the will only says that it has lost this one.
 */
function takeWill(
  step: ClusterStep,
  node: NodeState,
  { will, link }: { readonly will: LastWill; readonly link: LinkState },
): void {
  if (will.session === node.session) {
    passSuspicion(step, node);
    node.goneFrom.add(link.index);
    if (step.state.links.length > 1 && carriersOf(step.state, node).length > 0) return;
  }
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
