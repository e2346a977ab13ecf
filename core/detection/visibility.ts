/** Whether the observer can trust its own view. It checks itself before it believes a silence. */

import type { ClusterOptions, ClusterState, LinkInput } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { resetDeadlines } from "./deadlines.ts";
import { forgetOthers } from "./hearing.ts";
import { networkDeadlineMs } from "./network_watch.ts";
import { decideAwaitingEcho, passDeadlines, raiseBarrierAgain } from "./verdict.ts";
import { isOfNetwork, loseVisibility } from "./visibility_loss.ts";

/** After this many slow echoes in a row an observer does not trust its view any more. */
const SLOW_IN_ROW_MAX = 3;
/** If a deadline was missed by this much, the observer did not run. */
const STALLED_MS = 1000;
/**
 * In a longer stall, half of an agent's keepalive, nodes may have disconnected from a broker that
 * stalled together with the observer. They then need time to reconnect.
 */
const LONG_STALL_MS = 5000;

/** When the machine needs its next tick at the latest. */
export function clusterDeadlineMs(state: ClusterState, options: ClusterOptions): number {
  if (!state.linkUp) return Infinity;
  const networkMs = networkDeadlineMs(state, options);
  const echoMs = Math.min(state.echoBarrier.nextSendMs(), networkMs);
  if (state.blind) return echoMs;
  return Math.min(echoMs, state.echoBarrier.overdueMs(), state.deadlines.nextMs());
}

/**
 * Detects a stall before the input is processed. `lastStepMs` is the instant of the previous step.
 */
export function noticeStall(step: ClusterStep, lastStepMs: number): void {
  const { state, nowMs } = step;
  if (!state.linkUp || state.blind) return;
  // A deadline in the past, for example right after the view is restored, counts as due now.
  const dueMs = Math.max(clusterDeadlineMs(state, step.options), lastStepMs);
  if (nowMs <= dueMs + STALLED_MS) return;
  // Earlier echoes may be unread: they are not overdue, and their answers prove nothing.
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
      // A path that stays slow never proves anything. Blindness is better than an endless wait.
      if (verdict.inRow >= SLOW_IN_ROW_MAX) loseVisibility(step, "no_echo", nowMs);
      // Bytes may still be unread in a broker that was stalled itself, so one more echo is needed.
      if (state.awaitingEcho.size > 0 || state.blind) raiseBarrierAgain(step);
      return;
    case "proof":
      if (!state.blind) decideAwaitingEcho(step, seq, verdict.sentMs);
      // An echo that crossed no network proves nothing about a network that is out.
      else if (state.network.outage === undefined) regainVisibility(step);
  }
}

export function takeLink(step: ClusterStep, { up, broker }: LinkInput): void {
  const { state } = step;
  state.linkUp = up;
  state.network.broker = broker;
  state.echoBarrier.reset();
  if (!up) {
    forgetOthers(step);
    return loseVisibility(step, "no_connection", step.nowMs);
  }
  state.reconnected = true;
  // A new connection has no unread messages from before.
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

/** Restarts all deadlines, because a blind observer could not hear the nodes. */
function regainVisibility(step: ClusterStep): void {
  const { state, nowMs, options } = step;
  const { blindSinceMs: sinceMs, blindReason: was } = state;
  const lost = sinceMs === undefined || was === undefined ? {} : { sinceMs, was };
  step.emit({ kind: "visibility", blind: false, reason: "visible", atMs: nowMs, ...lost });
  state.blind = false;
  state.awaitingEcho.clear();
  const isStall = state.blindReason === "stalled" && !state.reconnected;
  const blindMs = nowMs - (sinceMs ?? -Infinity);
  const mustReconnect = state.reconnected || blindMs > LONG_STALL_MS;
  const leastMs = isOfNetwork(state.blindReason) ? state.network.graceMs : 0;
  const stalledMs = isStall ? blindMs : undefined;
  const outage = { ...options, mustReconnect, stalledMs, leastMs };
  for (const node of state.nodes.values()) {
    const silentMs = nowMs - (node.lastHeardMs ?? node.sinceMs);
    // A network that fails repeatedly must not delay a verdict for ever.
    const isSilentSince = silentMs <= blindMs + leastMs;
    resetDeadlines(node, nowMs, isSilentSince ? outage : { ...outage, leastMs: 0 });
    step.schedule(node);
  }
  state.reconnected = false;
}
