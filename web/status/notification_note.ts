/**
 * Problems of the channels, shown beside the verdict because they are as bad as an unseen death.
 */

import type { NotificationView } from "../../core/alerting/notification.ts";
import { text } from "../texts/texts.ts";
import { providerText } from "../words/provider_text.ts";

export interface NotificationNote {
  /** Sentences, the worst first. */
  readonly sentences: readonly string[];
  /** The advice to show. */
  readonly advice: "setUp" | "test";
}

/** `undefined` when every channel works. */
export function notificationNote(
  { state, channels }: NotificationView,
): NotificationNote | undefined {
  const broken = channels.flatMap(({ name, state }) =>
    state === "down" || state === "failing"
      ? text(`notification.${state}`, { name: providerText(name) })
      : []
  );
  switch (state) {
    case "works":
      return broken.length === 0 ? undefined : { sentences: broken, advice: "test" };
    case "none":
      return { sentences: [text("notification.nobody")], advice: "setUp" };
    case "printed": {
      const sentences = [text("notification.nobody"), text("notification.printed")];
      return { sentences, advice: "setUp" };
    }
    case "failing":
      return { sentences: [text("notification.nobody"), ...broken], advice: "test" };
  }
}
