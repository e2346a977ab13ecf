/** One sentence and one colour for the whole cluster. Never a green light that is not known to be true. */

import type { ClusterView, NodeView, StorageFault } from "../../core/api/feed.ts";
import type { Liveness } from "../../core/detection/liveness.ts";
import { pieces, text } from "../texts/texts.ts";
import { lengthText } from "../words/age.ts";
import { clockText, sinceText, type Zone } from "../words/instant.ts";
import { warningsOf } from "../words/node_warnings.ts";
import { shownName } from "../words/shown_name.ts";
import { vitalLabel } from "../words/vital_text.ts";
import { criticalVitals, isFailing, isInMaintenance, isNeedy, troubleFirst } from "./trouble.ts";

/** `well` is the one green; `asleep`: all stopped on purpose; `unsure`: nobody knows. */
export type Severity = "well" | "attention" | "down" | "asleep" | "unsure";

/** A piece of a sentence: our own words, or a stranger's name, which is kept apart. */
export type Piece = string | { readonly name: string };

export interface Verdict {
  readonly severity: Severity;
  readonly sentence: readonly Piece[];
  /** The sentence for a screen reader: it does not change as time passes. */
  readonly spoken: string;
  /** What to know beside it, each a sentence of its own. */
  readonly notes: readonly (readonly Piece[])[];
  /** Nodes that are known to be dead, for the sign in the tab. */
  readonly deadCount: number;
  /** What the cards show is old or in doubt: grey them. */
  readonly stale: boolean;
}

/** Whether the page hears the hub, and since when it does not. */
export type ConnectionState =
  | { readonly kind: "live" }
  | { readonly kind: "silent"; readonly silentMs: number; readonly asOf: string | undefined };

/** What the verdict is made of. */
export type Judged = Pick<ClusterView, "at" | "blind" | "nodes">;

/** More names than this are counted instead. */
const NAMED_MAX = 2;
/** More notes than this are counted instead. */
const NOTES_MAX = 3;
/** A first connection may take this long before the page calls it missing. */
const PATIENCE_MS = 3000;

const AGENT_COMMAND = "systemctl status agent";

/** A silence below this has no length worth telling. */
const SHORTEST_MS = 1000;

/** What a person should know first. */
export function verdictOf(
  view: Judged | undefined,
  hearing: ConnectionState,
  zone?: Zone,
): Verdict {
  if (hearing.kind === "silent") return lost(hearing, zone);
  if (view === undefined) return unsure([text("verdict.connecting")], []);
  if (view.blind) return blind(view, view.blind, zone);
  return verdictOfNodes(view);
}

/** The sentence as plain text, for the tab and for screen readers. */
export function plainText(sentence: readonly Piece[]): string {
  return sentence.map((piece) => typeof piece === "string" ? piece : piece.name).join("");
}

function lost(hearing: ConnectionState & { kind: "silent" }, zone: Zone): Verdict {
  if (hearing.asOf === undefined && hearing.silentMs < PATIENCE_MS) {
    return unsure([text("verdict.connecting")], []);
  }
  const seen = hearing.asOf === undefined
    ? text("verdict.nothingKnown")
    : text("verdict.seenFrom", { when: clockText(hearing.asOf, zone) });
  const spoken = text("verdict.lost");
  const sentence = hearing.silentMs < SHORTEST_MS
    ? spoken
    : text("verdict.lostFor", { length: lengthText(hearing.silentMs) });
  return { ...unsure([sentence], [[seen]]), spoken };
}

function blind(
  view: Judged,
  { since: from, code }: NonNullable<ClusterView["blind"]>,
  zone: Zone,
): Verdict {
  const since = sinceText(from, view.at, zone);
  const isOfNetwork = code === "no_link" || code === "network";
  return unsure([text(isOfNetwork ? "verdict.blindOfNetwork" : "verdict.blind", { since })], [
    [text(`verdict.blind_${code}`)],
    [text("verdict.blindHint")],
  ]);
}

function unsure(sentence: readonly Piece[], notes: Verdict["notes"]): Verdict {
  const spoken = plainText(sentence);
  return { severity: "unsure", sentence, spoken, notes, deadCount: 0, stale: true };
}

function verdictOfNodes(view: Judged): Verdict {
  const { nodes } = view;
  const needy = nodes.filter(isNeedy);
  const [severity, sentence] = severityAndSentence(view, needy.length > 0);
  return {
    severity,
    sentence,
    spoken: plainText(sentence),
    notes: [...nodes.filter(isAgentSilent).slice(0, NOTES_MAX).map(agentNote), ...notesOf(needy)],
    deadCount: nodes.filter((node) => node.liveness === "dead").length,
    stale: false,
  };
}

/** The worst that is true decides. */
function severityAndSentence({ nodes, at }: Judged, needy: boolean): [Severity, readonly Piece[]] {
  const by = (liveness: Liveness) => nodes.filter((node) => node.liveness === liveness);
  const total = nodes.length;
  if (total === 0) return ["unsure", [text("verdict.nonePi")]];
  const dead = by("dead");
  const surprising = dead.filter((node) => !isInMaintenance(node, at));
  if (surprising.length > 0) return ["down", are("down", dead, total)];
  const failing = nodes.filter((node) => isFailing(node) && !isInMaintenance(node, at));
  if (failing.length > 0) return ["down", are(failureOf(failing), failing, total)];
  const suspect = by("suspect");
  if (suspect.length > 0) return ["attention", are("late", suspect, total)];
  const unknown = by("unknown");
  if (unknown.length > 0) return ["unsure", notHeard(unknown, total)];
  if (dead.length > 0) return ["asleep", are("downInMaintenance", dead, total)];
  const alive = by("alive");
  const left = by("left");
  if (alive.length === 0) {
    return ["asleep", are(areOnPurpose(left) ? "stopped" : "away", left, total)];
  }
  const sentence = alsoLeft(are("up", alive, alive.length), left);
  return [needy ? "attention" : "well", sentence];
}

type Word =
  | "down"
  | "failing"
  | `failing_${StorageFault}`
  | "downInMaintenance"
  | "late"
  | "notHeard"
  | "stopped"
  | "away"
  | "up";

/** What fails is said where it is one Pi. */
function failureOf([first, ...more]: readonly NodeView[]): Word {
  const fault = more.length === 0 ? first?.storage?.fault : undefined;
  return fault === undefined ? "failing" : `failing_${fault}`;
}

/** *John Snow is down*, *John Snow and Khal Drogo are down*, *5 of 20 Pis are down*, *All 6 Pis are down*. */
function are(word: Word, some: readonly NodeView[], total: number): readonly Piece[] {
  const who = subjectOf(some, total, word === "up" || word === "stopped" || word === "away");
  const slots = { who: SUBJECT, count: some.length };
  return pieces(`verdict.${word}`, slots).flatMap((piece) => piece === SUBJECT ? who : [piece]);
}

/** Stands for the subject until its pieces take its place. */
const SUBJECT: Piece = { name: "" };

function notHeard(some: readonly NodeView[], total: number): readonly Piece[] {
  if (some.length === total && total > 1) return [text("verdict.noneHeard", { total })];
  return are("notHeard", some, total);
}

/** Trouble has a name as long as names are few; peace is counted. */
function subjectOf(some: readonly NodeView[], total: number, peace: boolean): readonly Piece[] {
  const [first, second] = some.length <= NAMED_MAX ? troubleFirst(some) : [];
  if (first && !second) return [{ name: shownName(first) }];
  if (first && second && !peace) {
    const names = { first: { name: shownName(first) }, second: { name: shownName(second) } };
    return pieces("verdict.and", names);
  }
  if (some.length < total) return [text("verdict.some", { count: some.length, total })];
  return [total === 2 ? text("verdict.both") : text("verdict.all", { total })];
}

/** Nobody said that they come back, as before a restart, and none stopped without a word of why. */
function areOnPurpose(left: readonly NodeView[]): boolean {
  return left.every(({ farewell }) =>
    farewell === null || farewell === "stop" || farewell === "poweroff"
  );
}

function alsoLeft(sentence: readonly Piece[], left: readonly NodeView[]): readonly Piece[] {
  if (left.length === 0) return sentence;
  const key = areOnPurpose(left) ? "verdict.alsoStopped" : "verdict.alsoAway";
  return pieces(key, { sentence: SUBJECT, count: left.length })
    .flatMap((piece) => piece === SUBJECT ? sentence : [piece]);
}

function isAgentSilent({ agent_silent }: NodeView): boolean {
  return agent_silent;
}

/** What helps is another thing than a look at the power supply. */
function agentNote(node: NodeView): readonly Piece[] {
  const slots = { who: { name: shownName(node) }, command: AGENT_COMMAND };
  return pieces("verdict.agentSilent", slots);
}

function need(node: NodeView): readonly Piece[] {
  const critical = criticalVitals(node).map((name) =>
    text("vital.levelled", { vital: vitalLabel(name), level: text("vital.critical") })
  );
  const what = [...warningsOf(node), ...critical].join(", ");
  return pieces("verdict.need", { who: { name: shownName(node) }, what });
}

function notesOf(needy: readonly NodeView[]): Verdict["notes"] {
  const ordered = needy.length > 1 ? troubleFirst(needy) : needy;
  if (ordered.length <= NOTES_MAX) return ordered.map(need);
  const count = ordered.length - NOTES_MAX + 1;
  return [...ordered.slice(0, NOTES_MAX - 1).map(need), [text("verdict.moreNeeds", { count })]];
}
