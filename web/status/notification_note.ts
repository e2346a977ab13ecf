/** What to know of the ways to people: said beside the verdict, for it is as bad as a death unseen. */

import type { NotificationView } from "../../core/alerting/notification.ts";
import { text } from "../texts/texts.ts";
import { providerText } from "../words/provider_text.ts";

export interface NotificationNote {
  /** Sentences, the worst first. */
  readonly sentences: readonly string[];
  /** What to do about it. */
  readonly advice: "setUp" | "test";
}

/** `undefined` where people are told by every channel. */
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
