/** Whether the observer can trust its own view. It checks itself before it believes a silence. */

import type { Echo } from "../protocol/wire.ts";
import type { ClusterOptions, ClusterState, FromBroker, LinkInput } from "./cluster_state.ts";
import type { ClusterStep } from "./cluster_step.ts";
import { type Outage, resetDeadlines } from "./deadlines.ts";
import { forgetOthers } from "./hearing.ts";
import { adopt, isJudged, type LinkState, markBehind } from "./link_state.ts";
import { networkDeadlineMs } from "./network_watch.ts";
import type { NodeState } from "./node_state.ts";
import { decideAwaitingEcho, passDeadlines, raiseBarrierAgain } from "./verdict.ts";
import { isOfNetwork, loseLink, loseVisibility } from "./visibility_loss.ts";

/** After this many slow echoes in a row an observer does not trust its view any more. */
const SLOW_IN_ROW_MAX = 3;
/** If a deadline was missed by this much, the observer did not run. */
const STALLED_MS = 1000;
/**
 * In a longer stall, half of an agent's keepalive, nodes may have disconnected from a broker that
 * stalled together with the observer. They then need time to reconnect.
 */
const LONG_STALL_MS = 5000;
/**
 * A node that was last heard by a broker that is away now has this long to be heard by another one
 * that it used before.
 */
const ADOPTION_MS = 30_000;

/** When the machine needs its next tick at the latest. */
export function clusterDeadlineMs(state: ClusterState, options: ClusterOptions): number {
  if (!state.linkUp) return Infinity;
  let deadlineMs = networkDeadlineMs(state, options);
  for (const { up, sees, echoBarrier } of state.links) {
    if (!up) continue;
    deadlineMs = Math.min(deadlineMs, echoBarrier.nextSendMs());
    if (sees) deadlineMs = Math.min(deadlineMs, echoBarrier.overdueMs());
  }
  return state.blind ? deadlineMs : Math.min(deadlineMs, state.deadlines.nextMs());
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
  for (const { echoBarrier } of state.links) echoBarrier.reset();
  loseVisibility(step, "stalled", lastStepMs);
  step.sendEcho();
}

export function takeEcho(step: ClusterStep, { seq, link: index = 0 }: Echo & FromBroker): void {
  const { state, nowMs } = step;
  const link = state.links[index];
  if (link === undefined) return;
  const verdict = link.echoBarrier.returned(seq, nowMs);
  switch (verdict.kind) {
    case "unknown":
      return;
    case "slow":
      // A path that stays slow never proves anything. Blindness is better than an endless wait.
      if (verdict.inRow >= SLOW_IN_ROW_MAX) lose(step, link, "no_echo");
      // Bytes may still be unread in a broker that was stalled itself, so one more echo is needed.
      if (state.blind || state.awaitingEcho.size > 0) raiseBarrierAgain(step);
      else if (!link.sees) step.sendEcho();
      return;
    case "proof":
      link.proven = { seq, sentMs: verdict.sentMs };
      if (link.sees) return decideAwaitingEcho(step);
      // An echo that crossed no network proves nothing about a network that is out.
      if (state.network.outage !== undefined) return;
      if (state.blind) regainVisibility(step, link);
      else regainLink(step, link);
  }
}

export function takeLink(step: ClusterStep, { up, broker, link: index = 0 }: LinkInput): void {
  const { state } = step;
  const link = state.links[index];
  if (link === undefined) return;
  const isOnly = !state.links.some((other) => other !== link && other.up);
  link.up = up;
  state.linkUp = up || !isOnly;
  link.path = broker;
  if (index === 0) state.network.broker = broker;
  link.echoBarrier.reset();
  if (!up) {
    forgetOthers(step);
    return lose(step, link, "no_connection");
  }
  link.reconnected = true;
  // A new connection has no unread messages from before.
  if (isOnly) state.backlogUntilMs = -Infinity;
  step.sendEcho();
}

export function takeTick(step: ClusterStep): void {
  const { state, nowMs } = step;
  if (!state.linkUp) return;
  const up = state.links.filter((link) => link.up);
  for (const link of up) if (link.echoBarrier.isOverdue(nowMs)) lose(step, link, "no_echo");
  if (!state.blind) passDeadlines(step);
  if (up.some(({ echoBarrier }) => echoBarrier.nextSendMs() <= nowMs)) step.sendEcho();
}

/** The other brokers prove what waited for this one as well. */
function lose(step: ClusterStep, link: LinkState, reason: "no_connection" | "no_echo"): void {
  const { state, nowMs } = step;
  const saw = link.sees;
  if (!loseLink(step, link, { reason, atMs: nowMs }) || !saw) return;
  for (const node of state.nodes.values()) {
    if (isJudged(state, node)) continue;
    if (adopt(state, node)) restart(step, node, adoptionOf(step));
    step.schedule(node);
  }
  decideAwaitingEcho(step);
}

/** Restarts all deadlines, because a blind observer could not hear the nodes. */
function regainVisibility(step: ClusterStep, link: LinkState): void {
  const { state, nowMs } = step;
  const { blindSinceMs: sinceMs, blindReason: was } = state;
  const lost = sinceMs === undefined || was === undefined ? {} : { sinceMs, was };
  step.emit({ kind: "visibility", blind: false, reason: "visible", atMs: nowMs, ...lost });
  state.blind = false;
  state.awaitingEcho.clear();
  const blind = sinceMs === undefined || was === undefined
    ? undefined
    : { atMs: sinceMs, reason: was };
  const outage = outageOf(step, link, blind);
  seeThrough(step, link);
  for (const node of state.nodes.values()) restartJudged(step, node, { outage, link });
}

/** Restarts the deadlines of the nodes that the observer hears by this broker alone. */
function regainLink(step: ClusterStep, link: LinkState): void {
  const { state } = step;
  const unheard: NodeState[] = [];
  for (const node of state.nodes.values()) {
    if (isJudged(state, node)) markBehind(node, link);
    else unheard.push(node);
  }
  const outage = outageOf(step, link, link.lost);
  seeThrough(step, link);
  for (const node of unheard) restartJudged(step, node, { outage, link });
  decideAwaitingEcho(step);
}

function restartJudged(
  step: ClusterStep,
  node: NodeState,
  { outage, link }: { readonly outage: Missed; readonly link: LinkState },
): void {
  const isAdopted = !isJudged(step.state, node) && adopt(step.state, node, link);
  restart(step, node, isAdopted ? adoptionOf(step) : outage);
}

function seeThrough(step: ClusterStep, link: LinkState): void {
  const { nowMs: atMs } = step;
  link.sees = true;
  link.reconnected = false;
  link.lost = undefined;
  if (!link.isReported) return;
  link.isReported = false;
  step.emit({ kind: "broker", link: link.index, sees: true, reason: "visible", atMs });
}

/** What the observer missed while it did not see by this link. */
interface Missed extends Outage {
  readonly blindMs: number;
  readonly leastMs: number;
}

/** A node that must come back to another broker has this much time. */
function adoptionOf({ options }: ClusterStep): Missed {
  return {
    ...options,
    blindMs: Infinity,
    mustReconnect: true,
    stalledMs: undefined,
    leastMs: ADOPTION_MS,
  };
}

function outageOf(
  { state, nowMs, options }: ClusterStep,
  { reconnected }: LinkState,
  lost: LinkState["lost"],
): Missed {
  const isStall = lost?.reason === "stalled" && !reconnected;
  const blindMs = nowMs - (lost?.atMs ?? -Infinity);
  const mustReconnect = reconnected || blindMs > LONG_STALL_MS;
  const leastMs = isOfNetwork(lost?.reason) ? state.network.graceMs : 0;
  const stalledMs = isStall ? blindMs : undefined;
  return { ...options, blindMs, mustReconnect, stalledMs, leastMs };
}

function restart(step: ClusterStep, node: NodeState, outage: Missed): void {
  const { blindMs, leastMs } = outage;
  const silentMs = step.nowMs - (node.lastHeardMs ?? node.sinceMs);
  // A network that fails repeatedly must not delay a verdict for ever.
  const isSilentSince = silentMs <= blindMs + leastMs;
  resetDeadlines(node, step.nowMs, isSilentSince ? outage : { ...outage, leastMs: 0 });
  step.schedule(node);
}
