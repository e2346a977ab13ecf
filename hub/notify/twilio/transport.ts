/** The transport of Twilio's package: one request by `fetch`, its answer as plain values. */

import { readAnswer } from "../http/answer.ts";
import type { Answer } from "./answer.ts";

/** A list of messages is the longest answer. */
const ANSWER_BYTES_MAX = 256 * 1024;

/** A request of the package to its transport. */
export interface TwilioRequest {
  readonly method: string;
  /** With Twilio's own address. */
  readonly uri: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly headers?: HeadersInit | undefined;
  /** The query. */
  readonly params?: unknown;
  /** The form. */
  readonly data?: unknown;
}

/**
 * The address to which Twilio's own paths are appended. Throws, without repeating it, if `apiUrl` is
 * no HTTP address or holds a password.
 */
export function baseOf(apiUrl: string): string {
  const url = URL.canParse(apiUrl) ? new URL(apiUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error("Cannot use sms.api_url: expected http:// or https://, found something else");
  }
  if (url.username !== "" || url.password !== "") {
    throw new Error("Cannot use sms.api_url: expected no user name and password in it");
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/**
 * Sends one request to the server at `base` and reads its answer. Throws what `fetch` throws.
 *
 * Redirects are not followed, because they would carry the credential to an unknown server. When a
 * connection is closed without an answer, `fetch` of this Deno sends the request a second time (issue
 * 35610 of Deno). Only a body of unknown length prevents that, and not every server would read it.
 */
export async function answerTo(
  { method, uri, username = "", password = "", headers, params, data }: TwilioRequest,
  base: string,
  signal: AbortSignal,
): Promise<Answer> {
  const { pathname } = new URL(uri);
  const query = params === undefined ? "" : `?${formOf(params)}`;
  const all = new Headers(headers);
  const credential = new TextEncoder().encode(`${username}:${password}`);
  all.set("Authorization", `Basic ${credential.toBase64()}`);
  const response = await fetch(base + pathname + query, {
    method: method.toUpperCase(),
    headers: all,
    ...(data === undefined ? {} : { body: formOf(data) }),
    redirect: "manual",
    signal,
  });
  return await readAnswer(response, ANSWER_BYTES_MAX);
}

function formOf(values: unknown): URLSearchParams {
  return new URLSearchParams(
    Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]),
  );
}
