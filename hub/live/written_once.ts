/** Messages for many viewers, of which each is made and serialised once for each kind of viewer. */

import type { FeedMessage } from "../../core/api/feed.ts";

interface Kind {
  readonly isGuest: boolean;
  readonly isShort: boolean;
}

/** Returns the message as text for a viewer. */
export function writtenOnce<Message extends FeedMessage>(
  make: (isShort: boolean) => Message,
  forGuests: (message: Message) => Message,
): (viewer: Kind) => string {
  const texts = new Map<string, string>();
  return ({ isGuest, isShort }) => {
    const kind = `${isGuest} ${isShort}`;
    const known = texts.get(kind);
    if (known !== undefined) return known;
    const message = make(isShort);
    const text = JSON.stringify(isGuest ? forGuests(message) : message);
    texts.set(kind, text);
    return text;
  };
}
