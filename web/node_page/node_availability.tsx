/** The availability of a node over a day, a month and a quarter. */

import type { JSX } from "preact";
import type { NodeView } from "../../core/api/node_view.ts";
import type { AvailabilitySpan, AvailabilityView } from "../../core/history/history.ts";
import { AvailabilityBar } from "../availability/availability_bar.tsx";
import { percentText } from "../availability/segments.ts";
import { SPANS } from "../availability/spans.ts";
import { useQuery } from "../parts/query.ts";
import { Section } from "../parts/section.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { shownName } from "../words/shown_name.ts";

interface NodeAvailabilityProps extends Pick<ViewProps, "api" | "live"> {
  readonly node: NodeView;
}

export function NodeAvailability(props: NodeAvailabilityProps): JSX.Element {
  return (
    <Section heading={text("nodePage.availability")}>
      <div class="availability-spans">
        {SPANS.map((span) => <SpanBar key={span} {...props} span={span} />)}
      </div>
    </Section>
  );
}

function SpanBar(
  { api, live, node, span }: NodeAvailabilityProps & { readonly span: AvailabilitySpan },
): JSX.Element {
  const query = useQuery<AvailabilityView>(
    api,
    `/api/v1/availability?span=${span}&node=${encodeURIComponent(node.id)}`,
    `${live.minute.value} ${node.liveness}`,
  );
  const answer = query.kind === "good" ? query.body : undefined;
  const availability = answer?.nodes[node.id];
  return (
    <div class="availability-span" data-span={span}>
      <p>
        <b>{text(`availability.span_${span}`)}</b>
        <span class="availability-percent">
          {availability && percentText(availability.percent)}
        </span>
      </p>
      {answer && availability && (
        <AvailabilityBar
          availability={availability}
          span={span}
          range={answer}
          name={shownName(node)}
        />
      )}
      {query.kind === "refused" && <p class="error">{query.why}</p>}
    </div>
  );
}
