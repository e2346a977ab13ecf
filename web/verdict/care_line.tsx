/**
 * Below a verdict about a death: what people have done about it, and what the reader can do here.
 */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { AlarmView } from "../../core/api/alarm_view.ts";
import type { NodeView } from "../../core/api/node_view.ts";
import type { Answer } from "../live/api.ts";
import { Button } from "../parts/button.tsx";
import { type Outcome, OutcomeLine, outcomeOf } from "../parts/outcome.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { Sentence } from "../parts/sentence.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { type Care, careOf } from "../status/care.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";

/** The duration of *Quiet*, as the hub accepts it and as people read it. */
const QUIET_FOR = "1h";

interface CareLineProps extends Pick<ViewProps, "api"> {
  readonly nodes: readonly NodeView[];
  readonly alarm: AlarmView;
  /** The hub's time, in steps of a minute. */
  readonly now: string;
  /** Guests see no silences and can do nothing. */
  readonly guest: boolean;
}

export function CareLine(props: CareLineProps): JSX.Element | null {
  const { nodes, alarm, now, guest } = props;
  const care = careOf(nodes, alarm, now);
  if (care.down.length === 0) return null;
  return (
    <>
      {care.notes.map((note, index) => (
        <p key={index} class="note">
          <Sentence pieces={note} />
        </p>
      ))}
      {!guest && <CareActions {...props} care={care} />}
    </>
  );
}

interface CareActionsProps extends CareLineProps {
  readonly care: Care;
}

function CareActions({ api, alarm, now, care }: CareActionsProps): JSX.Element {
  const { down, uncared, loud } = care;
  const busy = useSignal(false);
  const outcome = useSignal<Outcome>(undefined);
  const ask = async <Body,>(
    path: string,
    body: object,
    good: (answer: Body) => string,
  ): Promise<void> => {
    busy.value = true;
    const answer: Answer<Body> = await api.post<Body>(path, body);
    busy.value = false;
    outcome.value = outcomeOf(answer, good);
  };
  const acknowledge = () => {
    const [only] = uncared;
    // For several nodes, one request covers everything that is open, so that none is forgotten.
    const body = uncared.length === 1 && only !== undefined ? { node: only.id } : {};
    return ask("/api/v1/ack", body, () => text("verdict.acknowledgeDone"));
  };
  const quiet = () =>
    ask<Pick<AlarmView, "silences">>("/api/v1/silence", { for: QUIET_FOR }, ({ silences }) => {
      const until = silences.find(({ node }) => node === null)?.until;
      return text("verdict.quietDone", { until: until === undefined ? "" : sinceText(until, now) });
    });
  const [only] = down;
  return (
    <div class="care">
      {uncared.length > 0 && (
        <Button busy={busy.value} onClick={() => void acknowledge()}>
          {text(down.length === 1 ? "verdict.acknowledge" : "verdict.acknowledgeEach")}
        </Button>
      )}
      {/* Without a tracker nothing sounds. */}
      {loud.length > 0 && alarm.trackers.length > 0 && (
        <Button
          busy={busy.value}
          onClick={() => void quiet()}
        >
          {text("verdict.quiet")}
        </Button>
      )}
      {down.length === 1 && only !== undefined && (
        <RouteLink to={{ kind: "node", id: only.id }} class="button">
          {text("verdict.open")}
        </RouteLink>
      )}
      <OutcomeLine outcome={outcome.value} />
    </div>
  );
}
