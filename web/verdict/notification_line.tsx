/** A line for whoever would be told by nobody, or by fewer ways than were set up. */

import type { JSX } from "preact";
import type { NotificationView } from "../../core/alerting/notification.ts";
import { RouteLink } from "../parts/route_link.tsx";
import { StatusIcon } from "../parts/status_icon.tsx";
import { notificationNote } from "../status/notification_note.ts";
import { text } from "../texts/texts.ts";

interface NotificationLineProps {
  /** `undefined` before it is known, and while the hub is not heard. */
  readonly notification: NotificationView | undefined;
  /** Whoever is not logged in can do nothing about it. */
  readonly isGuest: boolean;
}

export function NotificationLine(
  { notification, isGuest }: NotificationLineProps,
): JSX.Element | null {
  const note = notification && notificationNote(notification);
  if (note === undefined) return null;
  return (
    <p class="notification tone-attention" data-notification={notification?.state}>
      <StatusIcon tone="attention" />
      <span>
        {note.sentences.join(" ")}{" "}
        {!isGuest && (
          <RouteLink to={{ kind: "alarm" }}>{text(`notification.${note.advice}`)}</RouteLink>
        )}
      </span>
    </p>
  );
}
