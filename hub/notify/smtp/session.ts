/** One SMTP session by nodemailer, and how far it got. */

import { Readable } from "node:stream";
import type SmtpConnection from "nodemailer/lib/smtp-connection";

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, after STARTTLS, or none. */
  readonly security: "tls" | "starttls" | "none";
  readonly login: { readonly user: string; readonly pass: string } | undefined;
  /** A certificate authority that the system does not know, as PEM. */
  readonly ca: string | undefined;
}

/** A mail with its envelope. */
export interface Envelope {
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

export type SmtpStage = "connect" | "login" | "envelope" | "data";

export type SmtpOutcome =
  | { readonly kind: "accepted" }
  /** The server refused or deferred the mail. `status` is SMTP's; 0 if nodemailer itself refused. */
  | {
    readonly kind: "refused";
    readonly stage: SmtpStage;
    readonly status: number;
    readonly words: string;
  }
  /** `hasSent`: the server may have received the whole mail. */
  | {
    readonly kind: "unanswered";
    readonly cause: "stopped" | "timeout" | "certificate" | "tls" | "connection";
    readonly words: string;
    readonly hasSent: boolean;
  };

export interface SessionOptions {
  /** nodemailer's. */
  readonly Connection: typeof SmtpConnection;
  readonly server: MailServer;
  readonly stop: AbortSignal;
  readonly timeoutMs: number;
}

/** The facts in an error of nodemailer. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

/** Logs in and sends `envelope`, or only logs in without one. Never rejects for faults of a server. */
export async function smtpSession(
  { Connection, server, stop, timeoutMs }: SessionOptions,
  envelope?: Envelope,
): Promise<SmtpOutcome> {
  const { host, port, security, login, ca } = server;
  const connection = new Connection({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    // The name in EHLO. Servers do not need the name of this machine.
    name: "rpi-cluster-alert",
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketCloseTimeout: 0,
    tls: ca === undefined ? {} : { ca },
  });
  let stage: SmtpStage = "connect";
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const ended = Promise.withResolvers<never>();
  const end = () => ended.reject(new Error("ended"));
  for (const signal of [stop, timeout.signal]) signal.addEventListener("abort", end);
  ended.promise.catch(() => {});
  if (stop.aborted) end();
  connection.on("error", (error) => ended.reject(error));
  try {
    await Promise.race([ended.promise, called((done) => connection.connect(done))]);
    if (login !== undefined) {
      stage = "login";
      const credentials = { credentials: login };
      await Promise.race([ended.promise, called((done) => connection.login(credentials, done))]);
    }
    if (envelope !== undefined) {
      stage = "envelope";
      const { from, to, bytes } = envelope;
      // nodemailer reads it when the server asks for it.
      const content = Readable.from((async function* () {
        stage = "data";
        yield await Promise.resolve(bytes);
      })());
      const route = { from, to, size: bytes.length };
      await Promise.race([
        ended.promise,
        called((done) => connection.send(route, content, done)),
      ]);
    }
    connection.quit();
    return { kind: "accepted" };
  } catch (error) {
    if (stop.aborted) return unanswered("stopped", "", stage);
    if (timeout.signal.aborted) return unanswered("timeout", "", stage);
    const known = error instanceof Error ? error : new Error(String(error));
    return outcomeOf(known, { stage, isUpgrading: security === "starttls" && stage === "connect" });
  } finally {
    clearTimeout(timer);
    for (const signal of [stop, timeout.signal]) signal.removeEventListener("abort", end);
    connection.close();
  }
}

function called(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => error ? reject(error) : resolve());
  });
}

function outcomeOf(
  error: SmtpError,
  { stage, isUpgrading }: { readonly stage: SmtpStage; readonly isUpgrading: boolean },
): SmtpOutcome {
  const { code, response, responseCode, message } = error;
  if (responseCode !== undefined && response) {
    return { kind: "refused", stage, status: responseCode, words: response };
  }
  // nodemailer itself may find that the mail is too large, before it sends a byte.
  if (code === "EMESSAGE" || code === "EENVELOPE" || code === "EAUTH") {
    return { kind: "refused", stage, status: 0, words: message };
  }
  if (/certificate|self.signed|UnknownIssuer|NotValidForName|altnames/i.test(message)) {
    return unanswered("certificate", message, stage);
  }
  // After STARTTLS Deno says no more than this about an untrusted certificate.
  if (isUpgrading && /\bUNKNOWN$/.test(message)) return unanswered("certificate", "", stage);
  if (code === "ETIMEDOUT") return unanswered("timeout", "", stage);
  return unanswered(code === "ETLS" ? "tls" : "connection", message, stage);
}

function unanswered(
  cause: "stopped" | "timeout" | "certificate" | "tls" | "connection",
  words: string,
  stage: SmtpStage,
): SmtpOutcome {
  return { kind: "unanswered", cause, words, hasSent: stage === "data" };
}
