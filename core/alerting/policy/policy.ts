/**
 * Messages follow what is true, and none is sent for what undid itself.
 *
 * Each incident remembers which routes were notified of it. It has to last for a while, what comes together
 * makes one message, and quiet hours and budget make that wait. Nothing is dropped.
 */

import type { Machine } from "../../machine.ts";
import { nextFlapMs, passFlaps } from "./flapping.ts";
import { flush, planDeadlineMs, plansOf } from "./flush.ts";
import type { PolicyInput } from "./input.ts";
import { opened } from "./opening.ts";
import type { PolicyOutput } from "./output.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import { PolicyStep } from "./policy_step.ts";

export function policyMachine(rules: Rules): Machine<PolicyState, PolicyInput, PolicyOutput> {
  return {
    step(state, input, nowMs) {
      // News alone send nothing, for more of the same instant may follow: that is for the next tick.
      const outputs = input.kind === "tick"
        ? tick(state, rules, nowMs)
        : new PolicyStep(state, rules, nowMs).take(input);
      state.deadlineMs = undefined;
      state.returns = undefined;
      return [state, outputs];
    },
    deadlineMs: (state) => state.deadlineMs ??= deadlineOf(state, rules),
  };
}

function tick(state: PolicyState, rules: Rules, nowMs: number): PolicyOutput[] {
  for (const [node, untilMs] of state.maintenance) {
    if (untilMs <= nowMs) state.maintenance.delete(node);
  }
  const outputs: PolicyOutput[] = [
    ...BLINDNESSES.flatMap((key) => recordBlindness(state, key, { rules, nowMs })),
    ...passFlaps(state, rules, nowMs),
  ];
  for (const plan of plansOf(state, rules)) outputs.push(...flush(state, plan, nowMs));
  dropNotified(state);
  return outputs;
}

function deadlineOf(state: PolicyState, rules: Rules): number {
  const routesMs = plansOf(state, rules).map((plan) => planDeadlineMs(state, plan));
  const blindMs = BLINDNESSES.map((key) => blindnessAtMs(state, key, rules));
  return Math.min(...blindMs, nextFlapMs(state, rules), ...routesMs);
}

/** The keys of the incidents that say what the hub cannot see. */
const BLINDNESSES = ["broker", "network"] as const;
type BlindnessKey = typeof BLINDNESSES[number];

/** A blindness that lasts is an incident. */
function recordBlindness(
  state: PolicyState,
  key: BlindnessKey,
  { rules, nowMs }: { readonly rules: Rules; readonly nowMs: number },
): PolicyOutput[] {
  const blindness = state.incidents.get(key);
  if (blindness === undefined || blindnessAtMs(state, key, rules) > nowMs) return [];
  blindness.recorded = true;
  return [opened(state, blindness)];
}

function blindnessAtMs(
  { incidents }: PolicyState,
  key: BlindnessKey,
  { blindAfterMs }: Rules,
): number {
  const blindness = incidents.get(key);
  if (blindness === undefined || blindness.recorded) return Infinity;
  return Math.max(blindness.startedAtMs + blindAfterMs, blindness.earliestMs);
}

/** Forgets unexpected reboots of which everybody was notified. */
function dropNotified({ incidents, past }: PolicyState): void {
  for (const one of [...past, ...incidents.values()]) {
    if (one.subject.kind !== "reboot" || one.deferred.size > 0) continue;
    past.delete(one);
    if (incidents.get(one.key) === one) incidents.delete(one.key);
  }
}
