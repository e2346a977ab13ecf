/** What people have done about dead nodes: who takes care, and which buzzers are quiet. */

import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import { pieces, text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { shownName } from "../words/shown_name.ts";
import { isFailing, isInMaintenance, troubleFirst } from "./trouble.ts";
import type { Piece } from "./verdict.ts";

/** Nodes that are down or live without storage, except those in maintenance. */
export interface Care {
  /** Trouble first. */
  readonly down: readonly NodeView[];
  /** Those that nobody takes care of yet. */
  readonly uncared: readonly NodeView[];
  /** Those for which a buzzer may sound. */
  readonly loud: readonly NodeView[];
  /** Each a sentence. */
  readonly notes: readonly (readonly Piece[])[];
}

/** Further names are counted. */
const NAMED_MAX = 2;

/** `now` is the hub's time. */
export function careOf(nodes: readonly NodeView[], alarm: AlarmView, now: string): Care {
  const down = troubleFirst(
    nodes.filter((node) =>
      (node.liveness === "dead" || isFailing(node)) && !isInMaintenance(node, now)
    ),
  );
  const uncared = down.filter(({ acknowledged }) => !acknowledged);
  const cared = down.filter(({ acknowledged }) => acknowledged);
  return {
    down,
    uncared,
    loud: uncared.filter((node) => !isSilenced(node, lasting(alarm, now))),
    notes: [...caredNotes(cared, down.length), ...silenceNotes(down, alarm, now)],
  };
}

function caredNotes(cared: readonly NodeView[], total: number): Care["notes"] {
  const [first, second] = cared;
  if (first === undefined) return [];
  if (total === 1) return [[text("verdict.acknowledgedIt")]];
  if (cared.length === total) return [[text("verdict.acknowledgedAll")]];
  const name = (node: NodeView) => ({ name: shownName(node) });
  if (cared.length > NAMED_MAX) {
    return [[text("verdict.acknowledgedSome", { count: cared.length, total })]];
  }
  const who: readonly Piece[] = second === undefined
    ? [name(first)]
    : pieces("verdict.and", { first: name(first), second: name(second) });
  return [
    pieces("verdict.acknowledged", { who: SUBJECT })
      .flatMap((piece) => piece === SUBJECT ? who : [piece]),
  ];
}

/** A placeholder for the subject, which is replaced by its pieces. */
const SUBJECT: Piece = { name: "" };

function silenceNotes(
  down: readonly NodeView[],
  alarm: AlarmView,
  now: string,
): Care["notes"] {
  const silences = lasting(alarm, now);
  const all = silences.filter(({ node }) => node === null).map(({ since, until }) => [
    text("verdict.silencedAll", { until: sinceText(until, now), since: sinceText(since, now) }),
  ]);
  const single = silences.flatMap(({ node, until }) => {
    const silenced = down.find(({ id }) => id === node);
    if (silenced === undefined) return [];
    const who = { name: shownName(silenced) };
    return [pieces("verdict.silencedNode", { who, until: sinceText(until, now) })];
  });
  return [...all, ...single.slice(0, NAMED_MAX)];
}

function lasting({ silences }: AlarmView, now: string): AlarmView["silences"] {
  return silences.filter(({ until }) => Date.parse(until) > Date.parse(now));
}

/** A silence of all nodes only covers those that were down when it began. */
function isSilenced({ id, since }: NodeView, silences: AlarmView["silences"]): boolean {
  return silences.some((silence) =>
    silence.node === id ||
    (silence.node === null && Date.parse(since) <= Date.parse(silence.since))
  );
}
