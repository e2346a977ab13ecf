/** Stands for Twilio's REST API on loopback: takes messages, and fails as it is told to. */

import { ProviderServer, untilClosed } from "./provider_server.ts";
import { type TwilioBehaviour, writeAnswer } from "./twilio_behaviour.ts";
import { RequestReader, topicOf, type TwilioRequest, type TwilioTopic } from "./twilio_request.ts";

/** A message that reached a phone. */
export interface SentMessage {
  readonly sid: string;
  readonly to: string;
  readonly text: string;
  readonly atMs: number;
  /** What became of it later, e.g. `delivered` or `failed`. */
  readonly status: string;
  /** Calendar time in ms. */
  readonly createdAtMs: number;
}

/** A real HTTP server; `using` ends it with all connections. */
export class TwilioDouble implements AsyncDisposable {
  readonly accountSid: string;
  readonly authToken: string;
  /** To send or to list messages. */
  readonly requests: TwilioRequest[] = [];
  /** What became of a message. */
  readonly statusRequests: TwilioRequest[] = [];
  /** About the account. */
  readonly accountRequests: TwilioRequest[] = [];
  readonly sent: SentMessage[] = [];
  readonly #server = new ProviderServer((connection) => this.#exchange(connection));
  readonly #script: TwilioBehaviour[] = [];
  readonly #byRecipient = new Map<string, TwilioBehaviour>();
  /** By a message's sid, or by its recipient. */
  readonly #statuses = new Map<string, SentStatus[]>();
  readonly #otherwise = new Map<TwilioTopic, TwilioBehaviour>();
  #isSilent = false;

  constructor(options: { readonly accountSid?: string; readonly authToken?: string } = {}) {
    this.accountSid = options.accountSid ?? "AC0123456789abcdef0123456789abcdef";
    this.authToken = options.authToken ?? "token-of-the-twilio-double";
  }

  /** For `sms.api_url`. */
  get url(): string {
    return this.#server.url;
  }

  /** How the next requests are answered, one each, before it is as `otherwise` again. */
  script(...behaviours: readonly TwilioBehaviour[]): void {
    this.#script.push(...behaviours);
  }

  /** Forgets what is scripted for requests that did not come. */
  endScript(): void {
    this.#script.length = 0;
  }

  /**
   * How requests are answered for which nothing is scripted; `created` at first. Scripts and
   * recipients are for messages alone.
   */
  otherwise(behaviour: TwilioBehaviour, topic: TwilioTopic = "messages"): void {
    this.#otherwise.set(topic, behaviour);
  }

  /** How requests of every topic are answered: the whole provider fails, or is well again. */
  always(behaviour: TwilioBehaviour): void {
    for (const topic of ["messages", "status", "account"] as const) {
      this.otherwise(behaviour, topic);
    }
  }

  /** Whether requests get no answer at all, and leave no trace. */
  silence(isSilent: boolean): void {
    this.#isSilent = isSilent;
  }

  /** What a message, by its sid or its recipient, is at each question; the last one stays. */
  statuses(message: string, ...statuses: readonly SentStatus[]): void {
    this.#statuses.set(message, [...statuses]);
  }

  /** How requests to send to, or to list messages to, this recipient are answered from now on. */
  toRecipient(recipient: string, behaviour: TwilioBehaviour): void {
    this.#byRecipient.set(recipient, behaviour);
  }

  /** Waits until so many requests came (`requests`, ...) or messages went out (`sent`). */
  async waitFor(
    what: "requests" | "statusRequests" | "accountRequests" | "sent",
    count: number,
    withinMs: number,
  ): Promise<void> {
    await this.#server.waitFor(this[what], { what, count, withinMs });
  }

  /** Requests to send a message, whatever became of them. */
  get posts(): readonly TwilioRequest[] {
    return this.requests.filter(({ path }) => path.startsWith("POST "));
  }

  /** Requests for the list of messages. */
  get lists(): readonly TwilioRequest[] {
    return this.requests.filter(({ path }) => path.startsWith("GET "));
  }

  /** Puts a message among those that were sent, as if by an earlier request. */
  add(message: Pick<SentMessage, "to" | "text"> & Partial<SentMessage>): void {
    this.sent.push({
      sid: sidOf(this.sent.length),
      atMs: performance.now(),
      status: "queued",
      createdAtMs: Date.now(),
      ...message,
    });
    this.#server.notice();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }

  /** One request a connection: every answer ends it. */
  async #exchange(connection: Deno.TcpConn): Promise<void> {
    const reader = new RequestReader(connection);
    const line = await reader.line();
    if (line === undefined) return;
    if (this.#isSilent) return await untilClosed(connection);
    const topic = topicOf(line);
    // To close with unread bytes makes the kernel send a reset, so the script is asked before reading.
    if (this.#behaviourFor(topic).kind === "reset") {
      if (topic === "messages") this.#script.shift();
      this.#record(topic, { path: "", atMs: performance.now(), authorized: false, form: {} });
      return;
    }
    const request = await reader.request(`${this.accountSid}:${this.authToken}`);
    if (request === undefined) return;
    const behaviour = this.#behaviourFor(topic, request.form["To"]);
    if (topic === "messages" && !this.#byRecipient.has(request.form["To"] ?? "")) {
      this.#script.shift();
    }
    const answer = this.#answerTo(request, behaviour);
    this.#record(topic, request);
    await writeAnswer(connection, answer, this.sent.at(-1));
  }

  #behaviourFor(topic: TwilioTopic, recipient = ""): TwilioBehaviour {
    const special = this.#byRecipient.get(recipient) ?? this.#script[0];
    const otherwise = this.#otherwise.get(topic) ?? { kind: "created" };
    return topic === "messages" ? special ?? otherwise : otherwise;
  }

  #record(topic: TwilioTopic, request: TwilioRequest): void {
    switch (topic) {
      case "messages":
        this.requests.push(request);
        break;
      case "status":
        this.statusRequests.push(request);
        break;
      case "account":
        this.accountRequests.push(request);
        break;
    }
    this.#server.notice();
  }

  #answerTo(request: TwilioRequest, behaviour: TwilioBehaviour): TwilioBehaviour {
    const succeeds = behaviour.kind.startsWith("created") ||
      (behaviour.kind === "slow_body" && behaviour.status === 201);
    if (!succeeds) return behaviour;
    const error = this.#faultOf(request);
    if (error !== undefined) return error;
    if (!request.path.startsWith("GET ")) {
      this.add({ to: request.form["To"] ?? "", text: request.form["Body"] ?? "" });
    } else if (behaviour.kind === "created") {
      return { kind: "raw", status: 200, body: this.#found(request) };
    }
    return behaviour;
  }

  #found(request: TwilioRequest): string {
    switch (topicOf(request.path)) {
      case "messages":
        return this.#list(request);
      case "account":
        return JSON.stringify({ sid: this.accountSid, status: "active", type: "Full" });
      case "status": {
        const message = this.sent.find(({ sid }) => request.path.endsWith(`/${sid}.json`));
        if (message === undefined) return "{}";
        const script = this.#statuses.get(message.sid) ?? this.#statuses.get(message.to) ?? [];
        const now = script.length > 1 ? script.shift() : script[0];
        return JSON.stringify({
          sid: message.sid,
          to: message.to,
          body: message.text,
          status: now?.status ?? message.status,
          error_code: now?.errorCode ?? null,
          error_message: now?.errorMessage ?? null,
        });
      }
    }
  }

  /** The newest messages first, as Twilio lists them. */
  #list({ form: { To: to, PageSize: size = "50" } }: TwilioRequest): string {
    const messages = this.sent.filter((message) => to === undefined || message.to === to)
      .toReversed().slice(0, Number(size)).map((message) => ({
        sid: message.sid,
        account_sid: this.accountSid,
        to: message.to,
        from: "+15005550006",
        body: message.text,
        status: message.status,
        error_code: null,
        date_created: rfc2822(message.createdAtMs),
        date_sent: null,
      }));
    return JSON.stringify({ messages, page: 0, page_size: Number(size), next_page_uri: null });
  }

  /** What Twilio itself would refuse. */
  #faultOf(request: TwilioRequest): TwilioBehaviour | undefined {
    const { To: to, From: from, MessagingServiceSid: service, Body: body } = request.form;
    const refuse = (status: number, code: number, message: string): TwilioBehaviour => {
      return { kind: "error", status, code, message };
    };
    const account = `/2010-04-01/Accounts/${this.accountSid}`;
    const [method, found = ""] = request.path.split(" ");
    const isMessage = this.sent.some(({ sid }) => found === `${account}/Messages/${sid}.json`);
    if (found !== `${account}/Messages.json` && found !== `${account}.json` && !isMessage) {
      return refuse(404, 20404, "The requested resource was not found");
    }
    if (!request.authorized) return refuse(401, 20003, "Authenticate");
    if (method === "GET") return undefined;
    if (!to) return refuse(400, 21604, "A 'To' phone number is required.");
    if (!from && !service) return refuse(400, 21603, "A 'From' phone number is required.");
    if (!body) return refuse(400, 21602, "Message body is required.");
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(400, 21211, "Invalid 'To' Phone Number");
    return undefined;
  }
}

/** What Twilio says of a message. */
export interface SentStatus {
  readonly status: string;
  readonly errorCode?: number;
  readonly errorMessage?: string;
}

function sidOf(index: number): string {
  return `SM${index.toString(16).padStart(32, "0")}`;
}

/** `Tue, 31 Mar 2026 20:36:27 +0000` */
function rfc2822(wallMs: number): string {
  return new Date(wallMs).toUTCString().replace("GMT", "+0000");
}
