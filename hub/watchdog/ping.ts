/** Sends one ping to the watcher outside of the house. */

import { VERSION } from "../../core/version.ts";
import type { PingError } from "../../core/watchdog/watchdog.ts";
import { type HttpAnswer, readAnswer } from "../notify/http/answer.ts";
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
 * time limit, and never throws. A redirect is not followed, because it would carry the secret in the
 * URL to another server.
 */
export async function ping(
  { url, headers, body }: HttpRequest,
  { stop, cleaner, timeoutMs = TIMEOUT_MS }: PingOptions,
): Promise<PingError | undefined> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: { ...headers, "User-Agent": `rpi-cluster-alert/${VERSION}` },
      ...(body === undefined ? {} : { body }),
      redirect: "manual",
      signal: AbortSignal.any([stop, timeout.signal]),
    });
    return errorIn(await readAnswer(response, ANSWER_BYTES_MAX), cleaner);
  } catch (error) {
    if (timeout.signal.aborted || stop.aborted) return { code: "no_answer" };
    const text = error instanceof Error ? error.message : String(error);
    return {
      code: "unreachable",
      said: cleaner.clean(text.replace(/^.*client error \(\w+\): /s, "")),
    };
  } finally {
    clearTimeout(timer);
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
