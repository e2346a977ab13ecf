/** The vital signs of one node. */

import type { JSX } from "preact";
import type { VitalView } from "../../core/api/node_view.ts";
import { LEVEL_SEVERITIES, StatusIcon } from "../parts/status_icon.tsx";
import { text } from "../texts/texts.ts";
import { vitalLabel, vitalNames, vitalShare, vitalText } from "../words/vital_text.ts";

interface VitalListProps {
  readonly vitals: Readonly<Record<string, VitalView>>;
  /** Measured by the node in its present state, not before it fell silent. */
  readonly fresh: boolean;
}

export function VitalList({ vitals, fresh }: VitalListProps): JSX.Element | null {
  const names = vitalNames(vitals);
  if (names.length === 0) return null;
  return (
    <div class={fresh ? "measured" : "measured stale"}>
      {!fresh && <p class="measured-before">{text("vital.before")}</p>}
      <dl class="vitals">
        {names.map((name) => {
          const vital = vitals[name];
          return vital && <Vital key={name} name={name} vital={vital} />;
        })}
      </dl>
    </div>
  );
}

function Vital(
  { name, vital }: { readonly name: string; readonly vital: VitalView },
): JSX.Element {
  const { level } = vital;
  const share = vitalShare(name, vital);
  const isTrouble = level === "warning" || level === "critical";
  return (
    <div class={`vital level-${level} severity-${LEVEL_SEVERITIES[level]}`}>
      <dt>
        <StatusIcon severity={LEVEL_SEVERITIES[level]} />
        <span class="vital-label">{vitalLabel(name)}</span>
      </dt>
      {isTrouble && <dd class="level-word">{text(`vital.${level}`)}</dd>}
      {share !== undefined && !isTrouble && <Bar share={share} />}
      <dd class="vital-value">
        {vitalText(name, vital)}
        {level === "ok" && <span class="unseen">{text("vital.ok")}</span>}
      </dd>
    </div>
  );
}

/** A drawing, so that its width needs no inline style. */
function Bar({ share }: { readonly share: number }): JSX.Element {
  return (
    <svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-whole" width="100" height="1" />
      <rect class="bar-part" width={share} height="1" />
    </svg>
  );
}
