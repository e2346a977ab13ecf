/** Marks of a node in addition to its state: acknowledged, in maintenance, flapping. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Moment } from "../parts/moment.tsx";
import { isInMaintenance } from "../status/trouble.ts";
import { openStep } from "../status/upgrade_step.ts";
import { pieces, text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { oneLine } from "../words/shown_name.ts";

const VERSION_MAX = 20;

interface MarksProps {
  readonly node: NodeView;
  /** The hub's time, for dates. */
  readonly now: string;
}

export function Marks({ node, now }: MarksProps): JSX.Element | null {
  const { acknowledged, flapping } = node;
  const until = isInMaintenance(node, now) ? node.maintenance_until : null;
  const step = openStep(node);
  const marks = [
    flapping && text("list.flapping"),
    acknowledged && text("list.acknowledged"),
    node.outdated && text("list.outdated", { version: oneLine(node.version ?? "", VERSION_MAX) }),
    step && text(`upgrade.step_${step}`),
    until && pieces("list.maintenance", {
      when: <Moment at={until}>{sinceText(until, now)}</Moment>,
    }),
  ].filter((mark) => mark);
  if (marks.length === 0) return null;
  return <p class="marks">{marks.map((mark, index) => <span key={index}>{mark}</span>)}</p>;
}
