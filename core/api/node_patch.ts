/** The difference between two views of a node, and how a page applies it. */

import type { NodeView, VitalView } from "./node_view.ts";

/** The changed keys of a node. */
export interface NodePatch extends Partial<Omit<NodeView, "id" | "vitals">> {
  /** Changed vitals: the value alone if the level is the same. */
  readonly vitals?: Readonly<Record<string, VitalView | VitalView["value"]>>;
}

type Vitals = NodeView["vitals"];
type VitalsPatch = NonNullable<NodePatch["vitals"]>;

/**
 * Returns the keys of `after` that differ, without `last_heartbeat_at`. Returns `undefined` when a
 * vital has gone, which a patch cannot say.
 */
export function patchOf(before: NodeView, after: NodeView): NodePatch | undefined {
  const vitals = vitalsPatch(before.vitals, after.vitals);
  if (vitals === undefined) return undefined;
  const { id: _, vitals: __, last_heartbeat_at: ___, ...rest } = after;
  const known: Readonly<Record<string, unknown>> = { ...before };
  const changed = Object.entries(rest).filter(([key, value]) => !isSame(known[key], value));
  return {
    ...Object.fromEntries(changed),
    ...(Object.keys(vitals).length > 0 ? { vitals } : {}),
  };
}

/** Applies a patch to the view that it was made for. */
export function patched(node: NodeView, patch: NodePatch): NodeView {
  const { vitals, ...rest } = patch;
  return {
    ...node,
    ...rest,
    ...(vitals === undefined ? {} : { vitals: patchedVitals(node.vitals, vitals) }),
  };
}

function vitalsPatch(before: Vitals, after: Vitals): VitalsPatch | undefined {
  if (before === after) return {};
  if (Object.keys(before).some((name) => !Object.hasOwn(after, name))) return undefined;
  const changed = Object.entries(after).flatMap(
    ([name, vital]): [string, VitalsPatch[string]][] => {
      const known = Object.hasOwn(before, name) ? before[name] : undefined;
      if (known?.level !== vital.level) return [[name, vital]];
      return known.value === vital.value ? [] : [[name, vital.value]];
    },
  );
  return Object.fromEntries(changed);
}

function patchedVitals(before: Vitals, patch: VitalsPatch): Vitals {
  const after = new Map<string, VitalView>(Object.entries(before));
  for (const [name, change] of Object.entries(patch)) {
    const known = after.get(name);
    if (typeof change === "object" && change !== null) after.set(name, change);
    else if (known !== undefined) after.set(name, { ...known, value: change });
  }
  return Object.fromEntries(after);
}

/** Compares two values of JSON. The keys of equal objects have the same order. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  return JSON.stringify(one) === JSON.stringify(other);
}
