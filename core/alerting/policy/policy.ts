/**
 * Messages report what is true. No message is sent about an incident that ended before its message
 * was due.
 *
 * Each incident remembers which routes were notified of it. It must last for a while before it is
 * reported, simultaneous incidents are in one message, and quiet hours and budget delay that
 * message. Nothing is dropped.
 */

import type { Machine } from "../../machine.ts";
import { agendaOf, dropEmptyReturns, forgetAgenda, touch } from "./agenda.ts";
import type { Agenda } from "./agenda_state.ts";
import { dueFlaps, nextFlapMs, routeDeadlineMs } from "./agenda_time.ts";
import { passFlaps } from "./flapping.ts";
import { flush, plansOf } from "./flush.ts";
import type { PolicyInput } from "./input.ts";
import { opened } from "./opening.ts";
import type { PolicyOutput } from "./output.ts";
import type { PolicyState, Rules } from "./policy_state.ts";
import { PolicyStep } from "./policy_step.ts";

export function policyMachine(rules: Rules): Machine<PolicyState, PolicyInput, PolicyOutput> {
  return {
    step(state, input, nowMs) {
      // A change alone sends nothing until the next tick, because others of the same instant may
      // follow.
      if (input.kind === "tick") return [state, tick(state, rules, nowMs)];
      const outputs = new PolicyStep(state, rules, nowMs).take(input);
      touchInput(state, input);
      touchOutputs(state, outputs);
      return [state, outputs];
    },
    deadlineMs(state) {
      const agenda = agendaOf(state, rules);
      return agenda.deadlineMs ??= deadlineOf(state, rules, agenda);
    },
  };
}

/** Marks the subjects that an input changes in addition to those of its outputs. */
function touchInput(state: PolicyState, input: PolicyInput): void {
  switch (input.kind) {
    case "news":
      return touch(state, { kind: "node", node: input.transition.node });
    case "rebooted":
    case "removed":
      touch(state, { kind: "reboot", node: input.node });
      return touch(state, { kind: "node", node: input.node });
    case "uplink":
      return touch(state, { kind: "uplink", channel: input.channel });
    case "fault":
      return touch(state, input.subject);
    case "sight":
    case "maintain":
      return forgetAgenda(state);
    case "acknowledge":
    case "renamed":
      return;
  }
}

function touchOutputs(state: PolicyState, outputs: readonly PolicyOutput[]): void {
  for (const output of outputs) if ("subject" in output) touch(state, output.subject);
}

function tick(state: PolicyState, rules: Rules, nowMs: number): PolicyOutput[] {
  for (const [node, untilMs] of state.maintenance) {
    if (untilMs > nowMs) continue;
    state.maintenance.delete(node);
    forgetAgenda(state);
  }
  const due = dueFlaps(state, agendaOf(state, rules), nowMs);
  const outputs: PolicyOutput[] = [
    ...BLINDNESSES.flatMap((key) => recordBlindness(state, key, { rules, nowMs })),
    ...passFlaps(state, rules, { due, nowMs }),
  ];
  for (const { subject } of due) touch(state, subject);
  touchOutputs(state, outputs);
  const agenda = agendaOf(state, rules);
  const plans = plansOf(state, rules, { agenda, nowMs });
  for (const plan of plans) outputs.push(...flush(state, plan, nowMs));
  if (plans.length > 0) {
    touchOutputs(state, outputs);
    for (const channel of channelsOf(rules)) touch(state, { kind: "uplink", channel });
    dropEmptyReturns(agenda);
  }
  dropNotified(state, agenda);
  return outputs;
}

/** A message, or the wait for one, changes when a route is notified about its providers. */
function channelsOf({ routes }: Rules): readonly string[] {
  return routes.flatMap(({ channels }) => channels.map(({ name }) => name));
}

function deadlineOf(state: PolicyState, rules: Rules, agenda: Agenda): number {
  const routesMs = rules.routes.map((route) => routeDeadlineMs(state, agenda, { route, rules }));
  const blindMs = BLINDNESSES.map((key) => blindnessAtMs(state, key, rules));
  return Math.min(...blindMs, nextFlapMs(state, agenda), ...routesMs);
}

/** The keys of the incidents that mean blindness of the hub. */
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

/** Forgets unexpected reboots when everybody was notified of them. */
function dropNotified(state: PolicyState, { reboots }: Agenda): void {
  const { incidents, past } = state;
  for (const one of reboots) {
    if (one.deferred.size > 0) continue;
    touch(state, one.subject);
    past.delete(one);
    if (incidents.get(one.key) === one) incidents.delete(one.key);
  }
}
