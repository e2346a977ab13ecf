/** The keys of `[channel NAME]`: those of all kinds. Which of them a kind needs, the kind says. */

export const CHANNEL_ROWS = {
  kind: {
    meaning: "`twilio`, `json`, `ntfy`, `slack`, `discord`, `telegram` or `d7`",
  },
  url: { secret: true, meaning: "as in `[webhook]`" },
  token: { secret: true, meaning: "as in `[webhook]`" },
  to: { meaning: "as in `[webhook]`; for `twilio` as in `[sms]`" },
  from: { meaning: "the sender that `twilio` and `d7` show" },
  quiet: { default: "none", meaning: "as in `[sms]`" },
  account_sid: { meaning: "as in `[sms]`, like the next three" },
  auth_token: { secret: true, meaning: "that account's token" },
  messaging_service_sid: { meaning: "`MG...`, in place of `from`" },
  api_url: { defaultShown: "the provider's", meaning: "for a proxy, or a test" },
} as const;
