/** Shows which of its several brokers the hub sees. */

import type { JSX } from "preact";
import type { BrokerView } from "../../core/api/broker_view.ts";
import { Moment } from "../parts/moment.tsx";
import { Section } from "../parts/section.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { t } from "../parts/t.ts";
import { text } from "../texts/texts.ts";
import { sinceText } from "../words/instant.ts";
import { oneLine } from "../words/shown_name.ts";

interface BrokersNowProps {
  readonly brokers: readonly BrokerView[];
  /** The hub's time of the view. */
  readonly at: string;
}

const NAME_MAX = 80;

export function BrokersNow({ brokers, at }: BrokersNowProps): JSX.Element {
  return (
    <Section heading={text("alarmPage.brokers")} class="brokers-now">
      <ul class="panel-list">
        {brokers.map((one) => <BrokerRow key={one.broker} broker={one} at={at} />)}
      </ul>
    </Section>
  );
}

function BrokerRow(
  { broker: { broker, sees, since }, at }: { readonly broker: BrokerView; readonly at: string },
): JSX.Element {
  const severity = sees ? "well" : "attention";
  return (
    <li class={`panel severity-${severity}`} data-broker={broker}>
      <StatusIcon severity={severity} />
      <p>
        <bdi>{oneLine(broker, NAME_MAX)}</bdi>
        {": "}
        <b>
          {sees
            ? text("alarmPage.brokerSeen")
            : since === null
            ? text("alarmPage.brokerNeverSeen")
            : t("alarmPage.brokerLost", {
              when: <Moment at={since}>{sinceText(since, at)}</Moment>,
            })}
        </b>
      </p>
    </li>
  );
}
