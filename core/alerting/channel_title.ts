/** A channel's name within a sentence. An unknown channel is shown by its own name. */
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
