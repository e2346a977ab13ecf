/** The sections of `config.ini` about alerts and channels, as `rows.ts` describes keys. */

export const ALERT_SECTIONS = {
  alerts: {
    group: { default: "5s", meaning: "deaths and recoveries within this time make one message" },
    hold: {
      default: "15s",
      meaning:
        "how long a node stays down before a message is sent; LED, buzzer and page do not wait",
    },
    per_hour: {
      default: "20",
      meaning: "paid messages an hour; further ones wait and are merged into one",
    },
    channels: {
      default: "",
      defaultShown: "all that are set up",
      meaning: "channels that notify people: `sms`, `webhook` and names of `[channel NAME]`, " +
        "the preferred one first",
    },
    send: {
      default: "all",
      meaning:
        "`all`: through every channel; `in_order`: through the first, and through the next " +
        "if that one fails",
    },
    remind: {
      default: "off",
      meaning:
        "interval of reminders for what is still down, until somebody acknowledges it; `off`",
    },
    flap: {
      default: "3",
      meaning:
        "deaths and unexpected reboots within `flap_window` after which a node is flapping, 2 to 20; " +
        "a flapping node makes one message until it is stable again; `0`: never flapping, and a " +
        "tracker's buzzer does not wait longer for such a node",
    },
    flap_window: {
      default: "30m",
      meaning: "see `flap`; also how long the node must be stable again",
    },
    blind_after: {
      default: "60s",
      meaning:
        "how long the broker is unreachable, or a provider accepts no message, before people are " +
        "notified",
    },
    self_test: {
      default: "off",
      meaning: "`mon 09:00`, in the hub's local time: a weekly test message; `off`",
    },
  },
  sms: {
    provider: { default: "none", meaning: "`none`, `twilio`, or `print` (to the log)" },
    account_sid: { meaning: "Twilio's account, `AC...`" },
    auth_token: { secret: true, meaning: "that account's token" },
    from: { meaning: "the sender: a number such as `+15005550006`, or a sender id" },
    messaging_service_sid: { meaning: "`MG...`, in place of `from`" },
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "recipients: comma-separated E.164 numbers such as `+4915112345678`",
    },
    api_url: { default: "https://api.twilio.com", meaning: "for a proxy, or a test" },
    quiet: {
      default: "none",
      meaning:
        "hours in which messages wait, such as `22:00-07:00`, in the hub's local time; `none`",
    },
  },
  escalation: {
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "numbers that get an SMS when nobody has acknowledged in time; empty: no escalation",
    },
    after: { default: "15m", meaning: "time from the end of `hold` to that SMS" },
  },
  webhook: {
    url: {
      secret: true,
      meaning: "URL to which messages are posted; `telegram` and `d7` need none",
    },
    preset: {
      default: "json",
      meaning: "the receiver's format: `json`, `ntfy`, `slack`, `discord`, `telegram` or `d7`",
    },
    token: {
      secret: true,
      meaning: "of the Telegram bot or the D7 account; sent as `Bearer` by `json`, `ntfy` and `d7`",
    },
    to: {
      default: "",
      defaultShown: "empty",
      meaning: "recipients, comma-separated: chat ids for `telegram`, E.164 numbers for `d7`, " +
        "anything or nothing for `json`",
    },
    from: { meaning: "the sender that `d7` shows: a number, or up to 11 letters and digits" },
    quiet: { default: "none", meaning: "as in `[sms]`" },
  },
} as const;
