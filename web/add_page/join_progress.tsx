/** Follows a Pi that joins, step by step, and says what to do when it does not go on. */

import { useComputed } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import type { JoinView } from "../../core/api/join_view.ts";
import type { Live } from "../live/live.ts";
import { Button } from "../parts/button.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { oneLine, shownName } from "../words/shown_name.ts";
import { hasArrived } from "./arrival.tsx";
import { type JoinRow, progressOf, type RowState } from "./join_rows.ts";
import type { Offer } from "./offer.ts";

const NAME_MAX = 64;
const ADDRESS_MAX = 45;

interface JoinProgressProps {
  readonly live: Live;
  readonly offer: Offer;
  /** The session of an earlier Pi with this id, which is not the new one. */
  readonly sessionBefore: string | null;
  readonly busy: boolean;
  /** Asks for a new line for the same Pi. */
  readonly onAgain: () => void;
}

export function JoinProgress(props: JoinProgressProps): JSX.Element {
  const { live, offer, sessionBefore } = props;
  const found = useComputed(() => live.joins.value.find(({ id }) => id === offer.join));
  const node = live.each.node(offer.id).value;
  const join = found.value;
  const isRemoved = join?.step === "removed";
  const isHeard = !isRemoved && hasArrived(node, sessionBefore);
  const name = bdi(isHeard && node ? shownName(node) : oneLine(offer.name, NAME_MAX));
  return (
    <Section heading={text("join.follow")} class="arrival">
      <div role="status">
        {isHeard && <Arrived>{t("addPage.appeared", { name })}</Arrived>}
        {isRemoved && <Arrived>{t("join.left_cluster", { name })}</Arrived>}
      </div>
      {isHeard && (
        <p>
          <RouteLink to={{ kind: "node", id: offer.id }}>{t("addPage.open", { name })}</RouteLink>
        </p>
      )}
      {join === undefined
        ? !isHeard && live.link.value === "live" && <Gone {...props} />
        : !isRemoved && <Steps {...props} join={join} isHeard={isHeard} />}
    </Section>
  );
}

function Arrived({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <p class="arrived severity-well">
      <StatusIcon severity="well" />
      <b>{children}</b>
    </p>
  );
}

interface StepsProps extends JoinProgressProps {
  readonly join: JoinView;
  readonly isHeard: boolean;
}

function Steps({ join, isHeard, busy, onAgain }: StepsProps): JSX.Element {
  const { rows, failure, isOver } = progressOf(join, isHeard);
  return (
    <>
      <ol class="join-steps">
        {rows.map((row) => <Step key={row.step} row={row} from={join.from} />)}
      </ol>
      <div role="status">
        {failure !== null && <p class="warned">{text(`join.failure_${failure}`)}</p>}
      </div>
      {isOver && <Button busy={busy} onClick={onAgain}>{text("join.again")}</Button>}
    </>
  );
}

const ICONS = {
  done: { severity: "well" },
  now: { severity: "attention", kind: "waiting" },
  failed: { severity: "down" },
  later: { severity: "unsure" },
} as const satisfies Readonly<Record<RowState, object>>;

function Step(
  { row: { step, state }, from }: { readonly row: JoinRow; readonly from: string | null },
): JSX.Element {
  const isFetched = step === "fetched" && state === "done" && from !== null;
  return (
    <li class={`join-step is-${state}`} aria-current={state === "now" ? "step" : undefined}>
      <StatusIcon {...ICONS[state]} />
      <span>
        {text(`join.${step}`)}
        {isFetched && (
          <span class="hint">
            {" "}
            {text("join.from", { address: oneLine(from, ADDRESS_MAX) })}
          </span>
        )}
        <span class="unseen">{stateText(state)}</span>
      </span>
    </li>
  );
}

function stateText(state: RowState): string {
  switch (state) {
    case "done":
      return `: ${text("join.stepDone")}`;
    case "now":
      return `: ${text("join.stepNow")}`;
    case "failed":
      return `: ${text("join.stepFailed")}`;
    case "later":
      return "";
  }
}

function Gone({ busy, onAgain }: Pick<JoinProgressProps, "busy" | "onAgain">): JSX.Element {
  return (
    <>
      <p class="warned">{text("join.gone")}</p>
      <Button busy={busy} onClick={onAgain}>{text("join.again")}</Button>
    </>
  );
}

function bdi(name: string): ComponentChildren {
  return <bdi class="name">{name}</bdi>;
}
