/**
 * One request to Twilio by its package, and how it ended.
 *
 * The package makes the request; `fetch` replaces its transport (axios), so that `api_url` can name
 * another server and no error object carries the credential. The package is loaded at its first use:
 * it takes 36 MB of memory, which a hub without SMS does not need.
 */

import type TwilioPackage from "twilio";
import { isWithoutConnection } from "../http/answer.ts";
import type { Answer } from "./answer.ts";
import { plainReason } from "./reason.ts";
import { answerTo } from "./transport.ts";

/** An account, and the server that knows it. */
export interface Account {
  readonly sid: string;
  readonly authToken: string;
  /** The section that holds its keys, without brackets. */
  readonly section: string;
  /** The server's address, to which Twilio's own paths are appended. */
  readonly base: string;
  /** The time limit from the first byte sent to the last byte read. */
  readonly timeoutMs: number;
}

type TwilioClient = ReturnType<typeof TwilioPackage>;
type TwilioResponse<Body> = Awaited<ReturnType<TwilioPackage.RequestClient["request"]>> & {
  body: Body;
};
type RequestOptions = Parameters<TwilioPackage.RequestClient["request"]>[0];

/** A call of the package. Its result is ignored, because `Answer` decides. */
export type Ask = (client: TwilioClient) => Promise<unknown>;

export type Exchange =
  | { readonly kind: "answered"; readonly answer: Answer }
  /** The package itself refused the request and sent nothing. `said`: the package's words. */
  | { readonly kind: "unasked"; readonly why: string; readonly said?: string }
  | {
    readonly kind: "unanswered";
    readonly why: string;
    /** The server may have received the whole request. */
    readonly hasSent: boolean;
    /** The system's words. */
    readonly said?: string;
  };

/** The progress of an exchange. */
interface Attempt {
  stage: "loading" | "preparing" | "requested";
  answer: Answer | undefined;
}

/** Loads the package now. Should that fail, the first message reports why. */
export async function loadPackage(): Promise<void> {
  await import("twilio").catch(() => {});
}

/** Makes one request. Never rejects for what the server or the network does. */
export async function exchange(ask: Ask, account: Account, stop: AbortSignal): Promise<Exchange> {
  const timeout = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt: Attempt = { stage: "loading", answer: undefined };
  try {
    const { default: twilio } = await import("twilio");
    attempt.stage = "preparing";
    timer = setTimeout(() => timeout.abort(), account.timeoutMs);
    const signal = AbortSignal.any([stop, timeout.signal]);
    await ask(clientOf(twilio, account, attempt, signal));
  } catch (error) {
    if (attempt.answer === undefined) {
      const hasSent = attempt.stage === "requested";
      if (stop.aborted) return unanswered("stopped while waiting for Twilio", hasSent);
      if (timeout.signal.aborted) {
        return unanswered(`Twilio did not answer within ${account.timeoutMs / 1000} s`, hasSent);
      }
      return failedExchange(attempt.stage, error, plainReason(error, account));
    }
  } finally {
    clearTimeout(timer);
  }
  if (attempt.answer === undefined) throw new Error("Twilio's package made no request");
  return { kind: "answered", answer: attempt.answer };
}

function clientOf(
  twilio: typeof TwilioPackage,
  { sid, authToken, base }: Account,
  attempt: Attempt,
  signal: AbortSignal,
): TwilioClient {
  class FetchClient extends twilio.RequestClient {
    override async request<Body>(options: RequestOptions): Promise<TwilioResponse<Body>> {
      attempt.stage = "requested";
      attempt.answer = await answerTo(options, base, signal);
      const { status, body } = attempt.answer;
      return { statusCode: status, body: body as Body, headers: {} };
    }
  }
  const httpClient = new FetchClient();
  return twilio(sid, authToken, { httpClient, edge: "", region: "", autoRetry: false });
}

function failedExchange(stage: Attempt["stage"], error: unknown, why: string): Exchange {
  switch (stage) {
    case "loading":
      return unanswered(`cannot load Twilio's package: ${why}`, false);
    case "preparing":
      return { kind: "unasked", why: `Twilio's package refused: ${why}`, said: why };
    case "requested":
      return {
        ...unanswered(`cannot reach Twilio: ${why}`, !isWithoutConnection(error)),
        said: why,
      };
  }
}

function unanswered(why: string, hasSent: boolean) {
  return { kind: "unanswered", why, hasSent } as const;
}
