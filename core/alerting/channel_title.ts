/** A channel's name within a sentence; one that nobody knows has no other. */
export function channelTitle(channel: string): string {
  switch (channel) {
    case "twilio":
      return "Twilio";
    case "webhook":
      return "the webhook";
    default:
      return channel;
  }
}
