/** Sends one ping to the watcher outside of the house. */

import type { PingError } from "../../core/watchdog/watchdog.ts";
import type { HttpAnswer } from "../notify/http/answer.ts";
import { exchange } from "../notify/http/exchange.ts";
import { Cleaner, isPage, reasonIn } from "../notify/http/reason.ts";
import { type HttpRequest, withinLength } from "../notify/http/request.ts";

/** From the name look-up to the last byte of the answer. */
const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 4096;
const SAID_LENGTH_MAX = 120;
/** Healthchecks answers this with status 200 to the ping of a check that it does not know. */
const UNKNOWN_CHECK = /^OK \(not found\)/;

export interface PingOptions {
  readonly stop: AbortSignal;
  /** Texts that must not be in an error. */
  readonly cleaner: Cleaner;
  readonly timeoutMs?: number;
}

/**
 * Resolves to why the watcher did not accept the ping, or to `undefined` if it did. Ends within the
 * time limit, and never throws.
 */
export async function ping(
  request: HttpRequest,
  { stop, cleaner, timeoutMs = TIMEOUT_MS }: PingOptions,
): Promise<PingError | undefined> {
  const answerBytesMax = ANSWER_BYTES_MAX;
  const ended = await exchange(request, { stop, timeoutMs, answerBytesMax });
  switch (ended.kind) {
    case "answered":
      return errorIn(ended.answer, cleaner);
    case "stopped":
    case "late":
      return { code: "no_answer" };
    case "failed":
      return { code: "unreachable", said: cleaner.clean(ended.said) };
  }
}

function errorIn({ status, body }: HttpAnswer, cleaner: Cleaner): PingError | undefined {
  if (status >= 300 && status < 400) return { code: "redirected" };
  const isUnknown = UNKNOWN_CHECK.test(body ?? "");
  // A captive portal, or the login page of a proxy, answers every URL with a page.
  const isForeign = body !== undefined && isPage(body);
  if (status < 300 && !isUnknown && !isForeign) return undefined;
  const said = isForeign ? "a web page" : reasonIn(body) ?? "";
  return { code: "refused", status, said: withinLength(cleaner.clean(said), SAID_LENGTH_MAX) };
}
