/**
 * The nodes that are not well, by the hub's view, as the outputs that a tracker's own detection
 * would give.
 */

import type { StorageChange } from "../detection/cluster_state.ts";
import { change, newNode, type NodeState, type Transition } from "../detection/node_state.ts";
import { isFailing } from "../detection/node_storage.ts";
import type { HubView, ListedNode } from "../protocol/hub_view.ts";
import { NODES_MAX } from "../protocol/wire.ts";

/** Network delays make the same death look up to this much younger or older. */
const SAME_DEATH_MS = 5000;

export interface HubVerdicts {
  /** The nodes that are not well, as last reported. None of them has a deadline. */
  readonly nodes: Map<string, NodeState>;
  /** The view that was applied last; `undefined` before the first one. */
  applied: HubView | undefined;
  appliedMs: number;
}

export type VerdictOutput = Transition | StorageChange;

export function newHubVerdicts(): HubVerdicts {
  return { nodes: new Map(), applied: undefined, appliedMs: -Infinity };
}

/** From now on the tracker relies on the hub. It keeps its own state of nodes that are not well. */
export function takeOver(verdicts: HubVerdicts, known: Iterable<NodeState>): void {
  verdicts.nodes.clear();
  for (const node of known) {
    if (isWell(node)) continue;
    const copy = newNode(node.id, node.sinceMs, node.expected || node.named);
    copy.liveness = node.liveness === "left" ? "alive" : node.liveness;
    copy.storage = node.storage;
    if (!isWell(copy)) verdicts.nodes.set(node.id, copy);
  }
}

/** Applies a view. A view that was applied before changes nothing. `self` is not watched. */
export function applyView(
  verdicts: HubVerdicts,
  view: HubView,
  { nowMs, self }: { readonly nowMs: number; readonly self: string | undefined },
): VerdictOutput[] {
  const { applied, nodes } = verdicts;
  if (applied?.session === view.session && applied.number === view.number) return [];
  const outputs: VerdictOutput[] = [];
  for (const [id, listed] of view.listed) {
    if (id === self) continue;
    const node = nodes.get(id) ?? newListed(verdicts, id, nowMs);
    if (node === undefined) continue;
    nodes.set(id, node);
    const hasDiedAgain = isAnotherDeath(verdicts, { id, view, nowMs });
    outputs.push(...applyListed(node, listed, { hasDiedAgain, nowMs }));
  }
  verdicts.applied = view;
  verdicts.appliedMs = nowMs;
  // Without a complete list the tracker does not know whether the others are well.
  if (view.unlisted > 0) return outputs;
  for (const [id, node] of nodes) {
    if (view.listed.has(id)) continue;
    nodes.delete(id);
    outputs.push(...recover(node, nowMs));
  }
  return outputs;
}

/** Whether the hub counts all nodes that it does not list as alive or as left on purpose. */
export function isComplete({ applied }: HubVerdicts): boolean {
  return applied !== undefined && applied.unlisted === 0;
}

/**
 * A node that the hub lists for the first time. Before the first view it may have died, and been
 * silenced, at any time.
 */
function newListed(verdicts: HubVerdicts, id: string, nowMs: number): NodeState | undefined {
  if (verdicts.nodes.size >= NODES_MAX) return undefined;
  const node = newNode(id, nowMs, true);
  if (verdicts.applied !== undefined) node.liveness = "alive";
  return node;
}

/** Whether the node came back and died between two views of the same run of the hub. */
function isAnotherDeath(
  { applied, appliedMs }: HubVerdicts,
  { id, view, nowMs }: { readonly id: string; readonly view: HubView; readonly nowMs: number },
): boolean {
  const before = applied?.listed.get(id);
  const now = view.listed.get(id);
  if (before?.liveness !== "dead" || now?.liveness !== "dead") return false;
  // The age of a retained view is unknown.
  if (applied?.session !== view.session || view.retained) return false;
  return nowMs - now.forMs > appliedMs - before.forMs + SAME_DEATH_MS;
}

function applyListed(
  node: NodeState,
  { liveness, forMs, isAlertable, fault }: ListedNode,
  { hasDiedAgain, nowMs }: { readonly hasDiedAgain: boolean; readonly nowMs: number },
): VerdictOutput[] {
  // A hub that has just started does not know the node yet.
  if (liveness === "unknown") return [];
  node.expected = isAlertable;
  const atMs = nowMs - forMs;
  const outputs: (VerdictOutput | undefined)[] = [];
  const wasKnown = node.liveness !== "unknown";
  if (hasDiedAgain) outputs.push(change(node, "alive", "heartbeat", atMs));
  outputs.push(change(node, liveness, liveness === "alive" ? "heartbeat" : "silence", atMs));
  outputs.push(applyFault(node, { fault, wasKnown, atMs }));
  return outputs.filter((output) => output !== undefined);
}

function applyFault(
  node: NodeState,
  { fault, wasKnown: isChange, atMs }: {
    readonly fault: ListedNode["fault"];
    /** The tracker knew the node without the fault. */
    readonly wasKnown: boolean;
    readonly atMs: number;
  },
): StorageChange | undefined {
  const state = fault ?? "ok";
  if (state === (node.storage?.state ?? "ok")) return undefined;
  node.storage = { state, sinceMs: atMs, isChange };
  return { kind: "storage", node: node.id, fault, isChange, atMs };
}

function recover(node: NodeState, nowMs: number): VerdictOutput[] {
  const outputs = [
    applyFault(node, { fault: undefined, wasKnown: true, atMs: nowMs }),
    change(node, "alive", "heartbeat", nowMs),
  ];
  return outputs.filter((output) => output !== undefined);
}

function isWell(node: NodeState): boolean {
  const { liveness } = node;
  return (liveness === "alive" || liveness === "left") && !isFailing(node);
}
