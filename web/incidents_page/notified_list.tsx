/** Who was notified of an incident, through which channel, and with which result. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { DeliveryView } from "../../core/api/delivery_view.ts";
import type { IncidentView } from "../../core/api/incident_view.ts";
import { Button } from "../parts/button.tsx";
import { Moment } from "../parts/moment.tsx";
import { useQuery } from "../parts/query.ts";
import { DELIVERY_ICONS, DELIVERY_SEVERITIES, StatusIcon } from "../parts/status_icon.tsx";
import type { ViewProps } from "../shell/view_props.ts";
import { text } from "../texts/texts.ts";
import { attemptsText, deliveryText, routeText } from "../words/history_text.ts";
import { providerFailureText } from "../words/provider_text.ts";
import { sinceText } from "../words/instant.ts";
import { oneLine } from "../words/shown_name.ts";
import { byIncident, type Notified } from "./notified.ts";

/** The maximum number of characters shown of a message and of an error. */
const WORDS_MAX = 400;
/** The same for a recipient, which may be the complete address of a webhook. */
const RECIPIENT_MAX = 80;

interface NotifiedListProps extends Pick<ViewProps, "api"> {
  readonly incident: IncidentView;
  readonly notified: Notified;
}

export function NotifiedList(
  { api, incident, notified }: NotifiedListProps,
): JSX.Element | null {
  const isAsked = useSignal(false);
  switch (notified.kind) {
    case "guest":
      return null;
    case "nobody":
      return <p class="row-detail">{text("incidentsPage.notifiedNobody")}</p>;
    case "known":
      return <Lines incident={incident} deliveries={notified.deliveries} />;
    case "ask":
      return isAsked.value
        ? <QueriedLines api={api} incident={incident} />
        : (
          <Button look="quiet" onClick={() => isAsked.value = true}>
            {text("incidentsPage.showNotified")}
          </Button>
        );
  }
}

function QueriedLines({ api, incident }: Pick<NotifiedListProps, "api" | "incident">): JSX.Element {
  const query = useQuery<{ readonly deliveries: readonly DeliveryView[] }>(
    api,
    `/api/v1/deliveries?incident=${incident.id}`,
  );
  if (query.kind === "pending") return <p class="row-detail">{text("incidentsPage.loading")}</p>;
  if (query.kind === "refused") return <p class="row-error">{query.why}</p>;
  const deliveries = byIncident(query.body.deliveries).get(incident.id) ?? [];
  if (deliveries.length > 0) return <Lines incident={incident} deliveries={deliveries} />;
  return <p class="row-detail">{text("incidentsPage.notifiedNobody")}</p>;
}

interface LinesProps {
  readonly incident: IncidentView;
  readonly deliveries: readonly DeliveryView[];
}

function Lines({ incident, deliveries }: LinesProps): JSX.Element {
  return (
    <ul class="notified" aria-label={text("incidentsPage.notified")}>
      {deliveries.map((delivery) => (
        <Line key={delivery.id} delivery={delivery} diedAt={incident.died_at} />
      ))}
    </ul>
  );
}

function Line(
  { delivery, diedAt }: { readonly delivery: DeliveryView; readonly diedAt: string },
): JSX.Element {
  const severity = DELIVERY_SEVERITIES[delivery.state];
  const attempts = attemptsText(delivery);
  return (
    <li
      class={`notified-line severity-${severity}`}
      data-delivery={delivery.id}
      data-state={delivery.state}
    >
      <StatusIcon severity={severity} kind={DELIVERY_ICONS[delivery.state] ?? severity} />
      <div>
        <p>
          <Moment at={delivery.created_at}>{sinceText(delivery.created_at, diedAt)}</Moment>{" "}
          <bdi>{oneLine(routeText(delivery.channel, delivery.recipient), RECIPIENT_MAX)}</bdi>
          {": "}
          <b>{deliveryText(delivery)}</b>
          {attempts !== undefined && ` · ${attempts}`}
        </p>
        <p class="notified-text">
          <bdi>{oneLine(delivery.text, WORDS_MAX)}</bdi>
        </p>
        {delivery.failure !== null && (
          <p class="row-error">
            <bdi>{oneLine(providerFailureText(delivery.failure), WORDS_MAX)}</bdi>
          </p>
        )}
      </div>
    </li>
  );
}
