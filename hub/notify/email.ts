/** E-mail by SMTP. The package is loaded at its first use, so that other hubs do not need its memory. */

import type { Delivery } from "../../core/alerting/retry.ts";
import {
  type ChannelValues,
  defaulted,
  optional,
  required,
  type SettingsOf,
  settingsOf,
} from "../../core/config/needs.ts";
import { parseMailAddress, parseMailAddresses } from "../../core/config/value/people.ts";
import { parsePort } from "../../core/config/values.ts";
import { parseHost } from "../../core/network/host.ts";
import { oneOf, parseSecret, textOf } from "../../core/text/parser.ts";
import type { Channel, Finding, OutgoingMessage, Reach } from "./channel/channel.ts";
import { Cleaner } from "./http/reason.ts";
import type { ChannelPlace, Receiver } from "./channel/receiver.ts";
import { mailBytes } from "./smtp/mail.ts";
import { deliveryOf, type Meaning } from "./smtp/meaning.ts";
import { type MailServer, type SmtpOutcome, smtpSession } from "./smtp/session.ts";

const KIND = "email";
/** The time limit of a whole session. Mail servers look up the sender before they answer. */
const TIMEOUT_MS = 30_000;
const PORTS = { starttls: 587, tls: 465, none: 25 };

const needs = {
  host: required(parseHost),
  port: optional(parsePort),
  security: defaulted(oneOf(["starttls", "tls", "none"]), "starttls"),
  username: optional(textOf("a user name")),
  password: optional(parseSecret),
  from: required(parseMailAddress),
  to: required(parseMailAddresses),
  ca_file: optional(textOf("a file")),
};

type Settings = SettingsOf<typeof needs>;

export const email: Receiver = {
  kind: KIND,
  title: "the mail server",
  isPaid: false,
  needs,
  check(has) {
    if (has("username") === has("password")) return undefined;
    const [given, key] = has("username")
      ? ["username", "password"] as const
      : ["password", "username"] as const;
    return { key, expected: `a value beside ${given}`, found: "none" };
  },
  recipients: (values) => settingsOf(needs, values, KIND).to,
  servers(values) {
    const { host: hostname, port } = serverOf(settingsOf(needs, values, KIND), undefined);
    return [{ hostname, port }];
  },
  open: (values, place) => new EmailChannel(values, place),
};

function serverOf(settings: Settings, ca: string | undefined): MailServer {
  const { host, security, username, password } = settings;
  const login = username === undefined || password === undefined
    ? undefined
    : { user: username, pass: password };
  return { host, port: settings.port ?? PORTS[security], security, login, ca };
}

class EmailChannel implements Channel {
  readonly name: string;
  readonly #from: string;
  readonly #server: MailServer;
  readonly #link: string | undefined;
  readonly #meaning: Meaning;

  /** Throws if the file of the authority cannot be read. */
  constructor(values: ChannelValues, { name, section, link, timeoutMs }: ChannelPlace) {
    const settings = settingsOf(needs, values, section);
    const { ca_file: caFile, from, host, password } = settings;
    this.name = name;
    this.#from = from;
    this.#server = serverOf(
      settings,
      caFile === undefined ? undefined : Deno.readTextFileSync(caFile),
    );
    this.#link = link;
    this.#meaning = {
      section,
      host,
      timeoutMs: timeoutMs ?? TIMEOUT_MS,
      cleaner: new Cleaner(password === undefined ? [] : [password, btoa(password)]),
    };
  }

  async prepare(): Promise<void> {
    // If it fails, the first message reports why.
    await nodemailer().catch(() => {});
  }

  async send(message: OutgoingMessage, stop: AbortSignal): Promise<Delivery> {
    const outcome = await this.#session(stop, message);
    return deliveryOf(outcome, this.#meaning);
  }

  /** Mail servers have no list of messages. A second copy has the same id, so mailboxes detect it. */
  find(): Promise<Finding> {
    return Promise.resolve({ kind: "absent" });
  }

  /** Logs in without sending anything. */
  async probe(stop: AbortSignal): Promise<Reach> {
    const delivery = deliveryOf(await this.#session(stop), this.#meaning);
    switch (delivery.kind) {
      case "accepted":
        return { kind: "reached" };
      case "refused":
        return delivery;
      case "deferred":
        return delivery.isBlocked ? { kind: "refused", why: delivery.why } : delivery;
    }
  }

  async #session(stop: AbortSignal, message?: OutgoingMessage): Promise<SmtpOutcome> {
    const { Composer, Connection } = await nodemailer();
    const { timeoutMs } = this.#meaning;
    const options = { Connection, server: this.#server, stop, timeoutMs };
    if (message === undefined) return await smtpSession(options);
    const { recipient: to, text, about } = message;
    const bytes = await mailBytes(Composer, {
      from: this.#from,
      to,
      text,
      severity: about?.severity ?? "critical",
      title: about?.title ?? "RPi Cluster Alert",
      id: about?.id ?? crypto.randomUUID(),
      thread: about?.incidents[0] === undefined ? undefined : `${about.incidents[0]}`,
      link: this.#link,
    });
    return await smtpSession(options, { from: this.#from, to, bytes });
  }
}

async function nodemailer() {
  const [composer, connection] = await Promise.all([
    import("nodemailer/lib/mail-composer"),
    import("nodemailer/lib/smtp-connection"),
  ]);
  return { Composer: composer.default, Connection: connection.default };
}
