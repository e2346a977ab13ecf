/** The name and state of a node. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import { Marks } from "../list/marks.tsx";
import type { Live } from "../live/live.ts";
import { Heading } from "../parts/heading.tsx";
import { Age, Moment } from "../parts/moment.tsx";
import { severityOf, StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { stateSince } from "../words/down_since.ts";
import { farewellText } from "../words/farewell_text.ts";
import { sinceText } from "../words/instant.ts";
import { warningsOf } from "../words/node_warnings.ts";
import { oneLine, shownName } from "../words/shown_name.ts";

const WARNING_MAX = 300;
/** The maximum number of characters of a name on hover. */
const HOVER_MAX = 300;

interface NodeHeadProps {
  readonly live: Live;
  readonly node: NodeView;
  readonly at: string;
}

export function NodeHead({ live, node, at }: NodeHeadProps): JSX.Element {
  const isStale = live.verdict.value.stale;
  const severity = isStale ? "unsure" : severityOf(node);
  const farewell = farewellText(node);
  return (
    <div class={`node-head severity-${severity}`} data-node={node.id} data-liveness={node.liveness}>
      <StatusIcon severity={severity} />
      <div>
        <Heading>
          <bdi class="name" title={shownName(node, HOVER_MAX)}>{shownName(node)}</bdi>
        </Heading>
        <p class="node-state">
          <b class="state">
            {text(isStale ? `liveness.was_${node.liveness}` : `liveness.${node.liveness}`)}
          </b>
          <span>
            {t(`liveness.${node.liveness}_since`, { when: moment(stateSince(node), at) })}
          </span>
          {farewell !== undefined && <span>{farewell}</span>}
          <span>
            <Heard live={live} id={node.id} />
          </span>
        </p>
        <Marks node={node} now={at} />
        {warningsOf(node, at).map((warning) => (
          <p key={warning} class="node-warning">
            <bdi>{oneLine(warning, WARNING_MAX)}</bdi>
          </p>
        ))}
      </div>
    </div>
  );
}

function Heard({ live, id }: { readonly live: Live; readonly id: string }): JSX.Element {
  const heardAt = live.each.heardAt(id).value;
  if (heardAt === null) return <>{text("nodePage.neverHeard")}</>;
  const age = <Age at={heardAt} hubNowMs={live.hubNowMs} />;
  return <>{t("nodePage.heard", { age })}</>;
}

function moment(at: string, now: string): JSX.Element {
  return <Moment at={at}>{sinceText(at, now)}</Moment>;
}
