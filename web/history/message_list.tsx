/** The messages, their recipients and their state. */

import type { JSX } from "preact";
import type { DeliveryView } from "../../core/api/delivery_view.ts";
import { Moment } from "../parts/moment.tsx";
import { DELIVERY_ICONS, DELIVERY_SEVERITIES, StatusIcon } from "../parts/status_icon.tsx";
import { text } from "../texts/texts.ts";
import { byDay } from "../words/by_day.ts";
import { attemptsText, deliveryText, routeText } from "../words/history_text.ts";
import { providerFailureText } from "../words/provider_text.ts";
import { clockText } from "../words/instant.ts";

interface MessageListProps {
  /** `undefined` when this reader may not see them. */
  readonly deliveries: readonly DeliveryView[] | undefined;
  readonly at: string;
}

export function MessageList({ deliveries, at }: MessageListProps): JSX.Element {
  return (
    <section class="history" aria-labelledby="messages">
      <h2 id="messages">{text("history.messages")}</h2>
      {deliveries === undefined && <p class="nothing">{text("history.guest")}</p>}
      {deliveries?.length === 0 && <p class="nothing">{text("history.none")}</p>}
      {byDay(deliveries ?? [], (delivery) => delivery.created_at, { now: at }).map((
        { day, rows },
      ) => (
        <div key={day}>
          <h3 class="day">{day}</h3>
          <ol class="rows">
            {rows.map((delivery) => <Message key={delivery.id} delivery={delivery} />)}
          </ol>
        </div>
      ))}
    </section>
  );
}

function Message({ delivery }: { readonly delivery: DeliveryView }): JSX.Element {
  const severity = DELIVERY_SEVERITIES[delivery.state];
  const attempts = attemptsText(delivery);
  return (
    <li class={`row severity-${severity}`} data-delivery={delivery.id} data-state={delivery.state}>
      <StatusIcon severity={severity} kind={DELIVERY_ICONS[delivery.state] ?? severity} />
      <div>
        <p class="message-text">
          <bdi>{delivery.text}</bdi>
        </p>
        <p class="row-detail">
          <b>{deliveryText(delivery)}</b>
          {attempts !== undefined && ` · ${attempts}`}
        </p>
        {delivery.failure !== null && (
          <p class="row-error">
            <bdi>{providerFailureText(delivery.failure)}</bdi>
          </p>
        )}
        <p class="row-detail">
          <Moment at={delivery.created_at}>{clockText(delivery.created_at)}</Moment>
          {" · "}
          <bdi>{routeText(delivery.channel, delivery.recipient)}</bdi>
        </p>
      </div>
    </li>
  );
}
