/** What people tell the policy about incidents and nodes. */

import { subjectKey } from "../alert.ts";
import type { PolicyInput } from "./input.ts";
import { resolveAll } from "../incident/notification_log.ts";
import { closed, type PolicyOutput } from "./output.ts";
import { mutedUntilMs, type PolicyState, releaseAcknowledged, type Rules } from "./policy_state.ts";

type InputOf<Kind extends PolicyInput["kind"]> = Extract<PolicyInput, { readonly kind: Kind }>;
/** An input that counts from the time of its step. */
type Now<Input> = Input & { readonly nowMs: number };

/** Somebody deals with the open incidents that are meant, so nobody is reminded of them. */
export function acknowledge(
  state: PolicyState,
  rules: Rules,
  { node, subject: key, nowMs }: Now<InputOf<"acknowledge">>,
): PolicyOutput[] {
  const outputs: PolicyOutput[] = [];
  for (const one of state.incidents.values()) {
    const { subject } = one;
    const isMeant = (node === undefined || ("node" in subject && subject.node === node)) &&
      (key === undefined || subjectKey(subject) === key);
    if (!isMeant || one.ended !== undefined || !one.recorded || one.acknowledged) continue;
    one.acknowledged = true;
    outputs.push({ kind: "acknowledged", subject, atMs: nowMs });
    outputs.push(...releaseAcknowledged(one, rules.routes, nowMs));
  }
  return outputs;
}

/** Nobody is notified about this node, or about all, until then. */
export function maintain(
  state: PolicyState,
  { node, untilMs, nowMs }: Now<InputOf<"maintain">>,
): PolicyOutput[] {
  const { maintenance, incidents } = state;
  const key = node ?? "";
  if (untilMs > nowMs) maintenance.set(key, untilMs);
  else maintenance.delete(key);
  const outputs: PolicyOutput[] = [{ kind: "maintained", node, untilMs }];
  // A maintenance may include a power cut, and is sometimes announced a moment late.
  for (const one of [...incidents.values()]) {
    const { subject, notified } = one;
    const isMuted = mutedUntilMs(state, one) > nowMs;
    if (subject.kind !== "reboot" || !isMuted || notified.size > 0) continue;
    incidents.delete(one.key);
    outputs.push(...resolveAll(one, nowMs));
  }
  return outputs;
}

/** Later messages use the new name. */
export function rename(
  { incidents, past }: PolicyState,
  { node, name }: InputOf<"renamed">,
): PolicyOutput[] {
  for (const one of [...past, ...incidents.values()]) {
    if ("node" in one.subject && one.subject.node === node) one.name = name;
  }
  return [];
}

/** Nobody is notified about a node that is no longer watched. */
export function remove(
  { incidents, past, alive, flaps }: PolicyState,
  { node, atMs }: InputOf<"removed">,
): PolicyOutput[] {
  alive.delete(node);
  flaps.delete(node);
  const concerned = [...past, ...incidents.values()].filter(({ subject }) =>
    "node" in subject && subject.node === node
  );
  for (const one of concerned) {
    past.delete(one);
    incidents.delete(one.key);
  }
  return concerned.flatMap((one) => [closed(one, atMs, undefined), ...resolveAll(one, atMs)]);
}
