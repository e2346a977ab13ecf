/** Whether the observer can trust its own view: it doubts itself before it believes a silence. */

import type { ClusterOptions, ClusterState, LinkInput } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { resetDeadlines } from "./deadlines.ts";
import { networkDeadlineMs } from "./network_watch.ts";
import { decideAwaitingEcho, passDeadlines, raiseBarrierAgain } from "./verdict.ts";
import { isOfNetwork, loseVisibility } from "./visibility_loss.ts";

/** After so many slow echoes in a row an observer does not trust its view any more. */
const SLOW_IN_ROW_MAX = 3;
/** A deadline that is passed by this much was missed: the observer did not run. */
const STALLED_MS = 1000;
/**
 * In a longer stall, half of an agent's keepalive, nodes may have given up a broker that stalled along
 * with the observer, and need their time to reconnect.
 */
const DESERTED_MS = 5000;

/** When the machine wants to be woken at the latest. */
export function clusterDeadlineMs(state: ClusterState, options: ClusterOptions): number {
  if (!state.linkUp) return Infinity;
  const networkMs = networkDeadlineMs(state, options);
  const echoMs = Math.min(state.echoBarrier.nextSendMs(), networkMs);
  if (state.blind) return echoMs;
  return Math.min(echoMs, state.echoBarrier.overdueMs(), state.deadlines.nextMs());
}

/** Before any input: how late is it? `lastStepMs` is the instant of the step before this one. */
export function noticeStall(step: ClusterStep, lastStepMs: number): void {
  const { state, nowMs } = step;
  if (!state.linkUp || state.blind) return;
  // A deadline of the past, as when sight is just regained, means at once.
  const dueMs = Math.max(clusterDeadlineMs(state, step.options), lastStepMs);
  if (nowMs <= dueMs + STALLED_MS) return;
  // What was asked before may lie unread: it is not overdue, and its answer proves nothing.
  state.echoBarrier.reset();
  loseVisibility(step, "stalled", lastStepMs);
  step.sendEcho();
}

export function takeEcho(step: ClusterStep, seq: number): void {
  const { state, nowMs } = step;
  const verdict = state.echoBarrier.returned(seq, nowMs);
  switch (verdict.kind) {
    case "unknown":
      return;
    case "slow":
      // A path that stays slow proves nothing, ever: better to admit it than to wait in silence.
      if (verdict.inRow >= SLOW_IN_ROW_MAX) loseVisibility(step, "no_echo", nowMs);
      // Bytes may still lie unread in a broker that was stalled itself: ask once more.
      if (state.awaitingEcho.size > 0 || state.blind) raiseBarrierAgain(step);
      return;
    case "proof":
      if (!state.blind) decideAwaitingEcho(step, seq, verdict.sentMs);
      // An echo that crossed no network says nothing about one that is out.
      else if (state.network.outage === undefined) regainVisibility(step);
  }
}

export function takeLink(step: ClusterStep, { up, broker }: LinkInput): void {
  const { state } = step;
  state.linkUp = up;
  state.network.broker = broker;
  state.echoBarrier.reset();
  if (!up) return loseVisibility(step, "no_connection", step.nowMs);
  state.reconnected = true;
  // Nothing of before can lie unread in a new connection.
  state.backlogUntilMs = -Infinity;
  step.sendEcho();
}

export function takeTick(step: ClusterStep): void {
  const { state, nowMs } = step;
  if (!state.linkUp) return;
  if (state.echoBarrier.isOverdue(nowMs)) loseVisibility(step, "no_echo", nowMs);
  if (!state.blind) passDeadlines(step);
  if (state.echoBarrier.nextSendMs() <= nowMs) step.sendEcho();
}

/** Every wait starts anew: whatever was not heard meanwhile was not heard by a blind observer. */
function regainVisibility(step: ClusterStep): void {
  const { state, nowMs, options } = step;
  const { blindSinceMs: sinceMs, blindReason: was } = state;
  const lost = sinceMs === undefined || was === undefined ? {} : { sinceMs, was };
  step.emit({ kind: "sight", blind: false, reason: "sees", atMs: nowMs, ...lost });
  state.blind = false;
  state.awaitingEcho.clear();
  const isStall = state.blindReason === "stalled" && !state.reconnected;
  const blindMs = nowMs - (sinceMs ?? -Infinity);
  const mustReconnect = state.reconnected || blindMs > DESERTED_MS;
  const leastMs = isOfNetwork(state.blindReason) ? state.network.graceMs : 0;
  const stalledMs = isStall ? blindMs : undefined;
  const deafness = { ...options, mustReconnect, stalledMs, leastMs };
  for (const node of state.nodes.values()) {
    const silentMs = nowMs - (node.lastHeardMs ?? node.sinceMs);
    // A network that fails again and again must not put a verdict off for ever.
    const isSilentByIt = silentMs <= blindMs + leastMs;
    resetDeadlines(node, nowMs, isSilentByIt ? deafness : { ...deafness, leastMs: 0 });
    step.schedule(node);
  }
  state.reconnected = false;
}
