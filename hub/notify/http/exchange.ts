/** One exchange with an HTTP server. */

import { VERSION } from "../../../core/version.ts";
import { type HttpAnswer, isWithoutConnection, readAnswer } from "./answer.ts";
import type { HttpRequest } from "./request.ts";

export interface ExchangeOptions {
  readonly stop: AbortSignal;
  /** From the name look-up to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
}

/** How one request ended. */
export type HttpExchange =
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  /** This program ends. */
  | { readonly kind: "stopped" }
  /** There was no answer in time. */
  | { readonly kind: "late" }
  /**
   * `said`: the system's words, which may contain the URL. `hasSent`: the server may have received
   * the whole request.
   */
  | { readonly kind: "failed"; readonly said: string; readonly hasSent: boolean };

/**
 * Sends the request. A redirect is not followed, because it would carry the secret of the request to
 * another server. Never throws.
 */
export async function exchange(
  { url, headers, body }: HttpRequest,
  { stop, timeoutMs, answerBytesMax }: ExchangeOptions,
): Promise<HttpExchange> {
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
    return { kind: "answered", answer: await readAnswer(response, answerBytesMax) };
  } catch (error) {
    if (stop.aborted) return { kind: "stopped" };
    if (timeout.signal.aborted) return { kind: "late" };
    const text = error instanceof Error ? error.message : String(error);
    const said = text.replace(/^.*client error \(\w+\): /s, "");
    return { kind: "failed", said, hasSent: !isWithoutConnection(error) };
  } finally {
    clearTimeout(timer);
  }
}
