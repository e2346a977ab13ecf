/** The view of one node: its facts, its history, and the possible actions. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { NodeView } from "../../core/api/node_view.ts";
import { VitalCharts } from "../charts/vital_charts.tsx";
import { IncidentTimeline } from "../incidents_page/incident_timeline.tsx";
import { useIncidents } from "../incidents_page/queried_incidents.ts";
import { VitalList } from "../list/vital_list.tsx";
import { Heading } from "../parts/heading.tsx";
import { type Outcome, OutcomeLine } from "../parts/outcome.tsx";
import { RouteLink } from "../parts/route_link.tsx";
import { Section } from "../parts/section.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { areVitalsFresh } from "../status/trouble.ts";
import { text } from "../texts/texts.ts";
import { oneLine } from "../words/shown_name.ts";
import { FactList } from "./fact_list.tsx";
import { NodeActions } from "./node_actions.tsx";
import { NodeAvailability } from "./node_availability.tsx";
import { NodeHead } from "./node_head.tsx";
import { NodeUpgrade } from "./node_upgrade.tsx";
import { ReachPanel } from "./reach_panel.tsx";
import { TransitionLog } from "./transition_log.tsx";

/** The maximum number of characters of an unknown id. */
const ID_MAX = 80;
/** The number of incidents of a node that are shown. */
const INCIDENTS_MAX = 50;

interface NodePageProps extends ViewProps {
  readonly id: string;
}

export function NodePage({ id, ...props }: NodePageProps): JSX.Element {
  const outcome = useSignal<Outcome>(undefined);
  const { live } = props;
  const node = live.each.node(id).value;
  const isThere = node !== undefined;
  useEffect(() => {
    if (isThere) outcome.value = undefined;
    // The clicked button is gone with the node, so the focus moves to the heading.
    else if (outcome.peek() !== undefined) document.querySelector("h1")?.focus();
  }, [isThere]);
  return (
    <>
      <p class="back">
        <RouteLink to={{ kind: "home" }}>{text("nodePage.all")}</RouteLink>
      </p>
      {node === undefined
        ? <Absent id={id} isKnown={live.known.value} />
        : <Present {...props} node={node} onOutcome={(result) => outcome.value = result} />}
      <OutcomeLine outcome={outcome.value} />
    </>
  );
}

function Absent(
  { id, isKnown }: { readonly id: string; readonly isKnown: boolean },
): JSX.Element {
  const name = oneLine(id, ID_MAX);
  return (
    <>
      <Heading>{isKnown ? text("nodePage.goneTitle", { id: name }) : <bdi>{name}</bdi>}</Heading>
      <p class="nothing">{text(isKnown ? "nodePage.goneHint" : "nodePage.waiting")}</p>
    </>
  );
}

interface PresentProps extends ViewProps {
  readonly node: NodeView;
  readonly onOutcome: (outcome: Outcome) => void;
}

function Present({ node, onOutcome, ...props }: PresentProps): JSX.Element {
  const { live, api } = props;
  const at = live.minute.value;
  return (
    <>
      <NodeHead live={live} node={node} at={at} />
      <div class="node-page">
        <div class="node-page-main">
          <NodeAvailability live={live} api={api} node={node} />
          <VitalCharts live={live} api={api} node={node} />
          <NodeIncidents {...props} node={node} />
          <TransitionLog api={api} node={node} at={at} />
        </div>
        <div class="node-page-side">
          {!live.guest.value && <NodeActions api={api} node={node} at={at} onOutcome={onOutcome} />}
          {!live.guest.value && <NodeUpgrade api={api} node={node} />}
          {!live.guest.value && <ReachPanel api={api} node={node} at={at} />}
          {Object.keys(node.vitals).length > 0 && (
            <Section heading={text("nodePage.measured")}>
              <VitalList vitals={node.vitals} fresh={areVitalsFresh(node)} />
            </Section>
          )}
          <Section heading={text("nodePage.machine")}>
            <FactList node={node} />
          </Section>
        </div>
      </div>
    </>
  );
}

function NodeIncidents(
  { node, live, api }: ViewProps & { readonly node: NodeView },
): JSX.Element {
  const question = `?node=${encodeURIComponent(node.id)}&limit=${INCIDENTS_MAX}`;
  const { incidents, deliveries } = useIncidents({ live, api }, question);
  return (
    <Section heading={text("nodePage.incidents")}>
      {incidents.kind === "refused" && <p class="error">{incidents.why}</p>}
      {incidents.kind === "good" && incidents.body.length === 0 && (
        <p class="nothing">{text("nodePage.noIncident")}</p>
      )}
      <IncidentTimeline
        api={api}
        incidents={incidents.kind === "good" ? incidents.body : []}
        deliveries={deliveries}
        hubNowMs={live.hubNowMs}
        linked={false}
      />
      <p class="more">
        <a href={`/incidents?node=${encodeURIComponent(node.id)}`}>
          {text("nodePage.allIncidents")}
        </a>
      </p>
    </Section>
  );
}
