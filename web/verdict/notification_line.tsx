/** Warns when nobody, or not every configured channel, would notify people. */

import type { JSX } from "preact";
import type { NotificationView } from "../../core/alerting/notification.ts";
import { RouteLink } from "../parts/route_link.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { notificationNote } from "../status/notification_note.ts";
import { text } from "../texts/texts.ts";

interface NotificationLineProps {
  /** `undefined` before it is known, and while the hub is not connected. */
  readonly notification: NotificationView | undefined;
  /** A guest cannot do anything about it. */
  readonly isGuest: boolean;
}

export function NotificationLine(
  { notification, isGuest }: NotificationLineProps,
): JSX.Element | null {
  const note = notification && notificationNote(notification);
  if (note === undefined) return null;
  return (
    <p class="notification severity-attention" data-notification={notification?.state}>
      <StatusIcon severity="attention" />
      <span>
        {note.sentences.join(" ")}{" "}
        {!isGuest && (
          <RouteLink to={{ kind: "alarm" }}>{text(`notification.${note.advice}`)}</RouteLink>
        )}
      </span>
    </p>
  );
}
