/**
 * One step of the policy: it applies an input to the incidents. The next tick sends the messages.
 */

import { causeOf, type Transition } from "../../detection/node_state.ts";
import { type Subject, subjectKey } from "../alert.ts";
import { UNKNOWN_CAUSE } from "../cause.ts";
import { countLasting, noteChange, restartFlaps } from "./flapping.ts";
import { type Ending, type Incident, isUnheardOf, newIncident } from "../incident/incident.ts";
import type {
  FaultInput,
  InputCause,
  LivenessInput,
  PolicyInput,
  ProviderHealthInput,
  RebootInput,
  VisibilityInput,
} from "./input.ts";
import { defer, resolveAll } from "../incident/notification_log.ts";
import { opened, openIncident, putAside } from "./opening.ts";
import { acknowledge, maintain, remove, rename } from "./operator_steps.ts";
import { closed, type PolicyOutput } from "./output.ts";
import {
  holdMsMin,
  isFlapping,
  mutedUntilMs,
  type PolicyState,
  type Rules,
} from "./policy_state.ts";

/** After a pause of the observer, living nodes are heard within this time. */
const AFTER_STALL_MS = 5000;

export class PolicyStep {
  readonly #state: PolicyState;
  readonly #rules: Rules;
  readonly #nowMs: number;

  constructor(state: PolicyState, rules: Rules, nowMs: number) {
    this.#state = state;
    this.#rules = rules;
    this.#nowMs = nowMs;
  }

  take(input: PolicyInput): PolicyOutput[] {
    switch (input.kind) {
      case "news":
        return this.#takeLiveness(input);
      case "rebooted":
        return this.#takeReboot(input);
      case "sight":
        return this.#takeVisibility(input);
      case "uplink":
        return this.#takeProviderHealth(input);
      case "fault":
        return this.#takeFault(input);
      case "acknowledge":
        return acknowledge(this.#state, this.#rules, { ...input, nowMs: this.#nowMs });
      case "maintain":
        return maintain(this.#state, { ...input, nowMs: this.#nowMs });
      case "removed":
        return remove(this.#state, input);
      case "renamed":
        return rename(this.#state, input);
    }
  }

  #takeLiveness({ transition, name }: LivenessInput): PolicyOutput[] {
    const { node, to, atMs } = transition;
    const { alive } = this.#state;
    switch (to) {
      case "dead":
        alive.delete(node);
        return this.#die(transition, name);
      case "alive":
      case "left":
        if (to === "alive") alive.add(node);
        else alive.delete(node);
        return this.#recover(node, { atMs, now: to }, name);
      case "suspect":
      case "unknown":
        return [];
    }
  }

  #die(transition: Transition, name: string): PolicyOutput[] {
    const { node, atMs, lastHeardMs, reach } = transition;
    const known = this.#state.incidents.get(`node ${node}`);
    // A fact that an earlier run already knew is not a change.
    if (known === undefined || known.ended !== undefined) {
      noteChange(this.#state, this.#rules, { node, atMs });
    }
    return this.#begin(newIncident({
      subject: { kind: "node", node },
      name,
      startedAtMs: atMs,
      lastHeardMs,
      cause: causeOf(transition),
      isElsewhere: reach === "routed",
    }));
  }

  #recover(node: string, ending: Ending, name: string): PolicyOutput[] {
    const death = this.#state.incidents.get(`node ${node}`);
    if (death === undefined) return [];
    death.name = name;
    if (death.ended !== undefined) {
      // The first sign of life ended it. The node's last message says whether it still runs.
      death.ended = { atMs: death.ended.atMs, now: ending.now };
      return [];
    }
    noteChange(this.#state, this.#rules, { node, atMs: ending.atMs });
    return this.#end(death, ending);
  }

  #takeReboot({ node, name, atMs, lastHeardMs }: RebootInput): PolicyOutput[] {
    const { incidents } = this.#state;
    if ((lastHeardMs ?? -Infinity) < this.#rules.rebootsFromMs) return [];
    const death = incidents.get(`node ${node}`);
    const ends = death !== undefined && death.ended === undefined && !isUnheardOf(death);
    // The message about its return mentions it.
    if (ends) death.rebooted = true;
    const routes = this.#rules.routes.filter(({ name: route, skipsAcknowledged }) =>
      !skipsAcknowledged && !(ends && (death.notified.has(route) || death.deferred.has(route)))
    );
    if (ends && routes.length === 0) return [];
    const reboot = newIncident({
      subject: { kind: "reboot", node },
      name,
      startedAtMs: lastHeardMs ?? atMs,
      lastHeardMs,
      cause: "unexpected_reboot",
      ended: { atMs, now: "alive" },
      rebooted: true,
    });
    reboot.earliestMs = atMs + this.#rules.groupMs;
    const outputs: PolicyOutput[] = [opened(this.#state, reboot), closed(reboot, atMs, "alive")];
    // During maintenance people may also unplug the node.
    if (mutedUntilMs(this.#state, reboot) > atMs) return outputs;
    if (isFlapping(this.#state, node)) {
      // It is not stable while it reboots. The end of a death is a separate change.
      const isUp = death === undefined || death.ended !== undefined;
      if (isUp) noteChange(this.#state, this.#rules, { node, atMs });
      return outputs;
    }
    if (!ends) {
      noteChange(this.#state, this.#rules, { node, atMs });
      const begun = countLasting(this.#state, this.#rules, { one: reboot, nowMs: atMs });
      if (begun.length > 0) return [...outputs, ...begun];
    }
    const earlier = incidents.get(reboot.key);
    if (earlier !== undefined) putAside(this.#state, earlier);
    incidents.set(reboot.key, reboot);
    // It is over already, but somebody must still be notified, even after a restart of the hub.
    return [...outputs, ...routes.flatMap(({ name: route }) => defer(reboot, route, atMs))];
  }

  #takeVisibility({ of, blind, atMs, cause, isAfterStall }: VisibilityInput): PolicyOutput[] {
    this.#state.blind = blind;
    if (!blind) this.#resetWaits(isAfterStall);
    // A hub that sees again sees everything, and a blind hub has one reason for it.
    return (["broker", "network"] as const).flatMap((kind) =>
      this.#takeFact({ kind }, { name: "", isWrong: blind && kind === of, atMs, cause })
    );
  }

  /** A node that died just before the blindness may have come back unseen, so its hold restarts. */
  #resetWaits(isAfterStall: boolean): void {
    // A hub that pauses more often than the hold time must still send the message.
    const holdMs = Math.min(holdMsMin(this.#rules), isAfterStall ? AFTER_STALL_MS : Infinity);
    const earliestMs = this.#nowMs + holdMs;
    for (const one of this.#state.incidents.values()) {
      if (one.subject.kind !== "node" || !one.confirmed || one.ended !== undefined) continue;
      one.earliestMs = Math.max(one.earliestMs, earliestMs);
    }
    if (!isAfterStall) restartFlaps(this.#state, this.#nowMs);
  }

  #takeProviderHealth({ channel, up, cause, sinceMs }: ProviderHealthInput): PolicyOutput[] {
    if (up) this.#state.downChannels.delete(channel);
    else this.#state.downChannels.add(channel);
    const fact = { name: "", isWrong: !up, atMs: sinceMs, cause };
    return this.#takeFact({ kind: "uplink", channel }, fact);
  }

  #takeFault(input: FaultInput): PolicyOutput[] {
    const { subject, name, isWrong, cause, sinceMs, endsQuietly = false } = input;
    if (endsQuietly && !isWrong) return this.#endQuietly(subject, sinceMs);
    return this.#takeFact(subject, { name, isWrong, atMs: sinceMs, cause });
  }

  /**
   * The incident ends only after every route was notified of it. The caller repeats the input until
   * then.
   */
  #endQuietly(subject: Subject, atMs: number): PolicyOutput[] {
    const { incidents } = this.#state;
    const known = incidents.get(subjectKey(subject));
    if (known === undefined) return [];
    const isTold = this.#rules.routes.every(({ name, skipsAcknowledged }) =>
      skipsAcknowledged || known.notified.has(name)
    );
    if (!isTold) return [];
    incidents.delete(known.key);
    return [closed(known, atMs, undefined), ...resolveAll(known, atMs)];
  }

  /** Something that the hub or a node depends on stops working, or works again. */
  #takeFact(
    subject: Exclude<Subject, { readonly kind: "node" | "flapping" | "reboot" }>,
    { name, isWrong, atMs, cause }: {
      readonly name: string;
      readonly isWrong: boolean;
      readonly atMs: number;
      readonly cause: InputCause;
    },
  ): PolicyOutput[] {
    // Broker and network are sometimes away for a moment, so they are recorded only if that lasts.
    const recorded = subject.kind !== "broker" && subject.kind !== "network";
    const fresh = newIncident({
      subject,
      name,
      startedAtMs: atMs,
      lastHeardMs: undefined,
      cause: cause === "" ? UNKNOWN_CAUSE : cause,
      recorded,
    });
    // A hub that wakes up finds that it was blind for long, and may see again at once.
    if (!recorded) fresh.earliestMs = this.#nowMs + this.#rules.blindAfterMs;
    if (isWrong) return this.#begin(fresh);
    const known = this.#state.incidents.get(fresh.key);
    if (known === undefined || known.ended !== undefined) return [];
    return this.#end(known, { atMs, now: "alive" });
  }

  /** Begins an incident, unless it is open already. */
  #begin(fresh: Incident): PolicyOutput[] {
    const known = this.#state.incidents.get(fresh.key);
    if (known === undefined || known.ended !== undefined) return openIncident(this.#state, fresh);
    // The first known cause is in no message and not in the history yet.
    if (!known.recorded) known.cause = fresh.cause;
    if (!known.confirmed) this.#confirm(known, fresh.startedAtMs);
    return [];
  }

  #end(one: Incident, ending: Ending): PolicyOutput[] {
    one.ended = ending;
    if (isUnheardOf(one)) this.#state.incidents.delete(one.key);
    return one.recorded ? [closed(one, ending.atMs, ending.now)] : [];
  }

  /**
   * It lasted long enough before the restart, so it waits only for others that are confirmed with
   * it.
   */
  #confirm(death: Incident, atMs: number): void {
    death.confirmed = true;
    death.earliestMs = atMs + Math.min(this.#rules.groupMs, holdMsMin(this.#rules));
  }
}
