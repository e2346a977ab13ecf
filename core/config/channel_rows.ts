/** The keys of `[channel NAME]` for all kinds. Each kind declares which of them it needs. */

export const CHANNEL_ROWS = {
  kind: {
    meaning: "`twilio`, `json`, `ntfy`, `slack`, `discord`, `telegram`, `d7`, `pushover`, " +
      "`gotify` or `email`",
  },
  url: { secret: true, meaning: "as in `[webhook]`; of the `gotify` server" },
  token: { secret: true, meaning: "as in `[webhook]`; of the `pushover` or `gotify` application" },
  user: { secret: true, meaning: "the `pushover` key of a user or a group" },
  device: { defaultShown: "all", meaning: "the user's devices for `pushover`, comma-separated" },
  priority: {
    defaultShown: "`8`",
    meaning: "priority of a death for `gotify`, 1 to 10; all else has 5 at most",
  },
  emergency: {
    defaultShown: "`no`",
    meaning: "`yes`: `pushover` repeats a death until somebody acknowledges it there",
  },
  retry: { defaultShown: "`1m`", meaning: "how often, `30s` or more" },
  expire: { defaultShown: "`1h`", meaning: "and for how long, `3h` at most" },
  to: { meaning: "as in `[webhook]`; for `twilio` as in `[sms]`; for `email` addresses" },
  from: { meaning: "the sender that `twilio` and `d7` show; for `email` an address" },
  host: { meaning: "the mail server for `email`" },
  port: { defaultShown: "`587`, `465` or `25` by `security`", meaning: "its port" },
  security: {
    defaultShown: "`starttls`",
    meaning: "`starttls`, `tls` from the first byte, or `none`",
  },
  username: { meaning: "for a mail server that asks" },
  password: { secret: true, meaning: "that user's" },
  ca_file: { meaning: "PEM file of the authority that signed the mail server's certificate" },
  quiet: { default: "none", meaning: "as in `[sms]`" },
  account_sid: { meaning: "as in `[sms]`, like the next three" },
  auth_token: { secret: true, meaning: "that account's token" },
  messaging_service_sid: { meaning: "`MG...`, in place of `from`" },
  api_url: { defaultShown: "the provider's", meaning: "for a proxy, or a test" },
} as const;
