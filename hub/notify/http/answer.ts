/** What servers of messages answer, whoever they are. */

/**
 * What a server said. The status decides; the body, which may be missing though the status came, only
 * adds details. So a message that was taken is never sent twice because the body was slow.
 */
export interface HttpAnswer {
  readonly status: number;
  /** The header, unread. */
  readonly retryAfter: string | undefined;
  /** When the server says that it is, unread. */
  readonly date?: string | undefined;
  /** `undefined` when it could not be read to its end. */
  readonly body: string | undefined;
}

/** Reads an answer of at most `bytesMax`, in the time that the request's signal leaves. */
export async function readAnswer(response: Response, bytesMax: number): Promise<HttpAnswer> {
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    date: response.headers.get("date") ?? undefined,
    body: await readBody(response, bytesMax),
  };
}

/**
 * Milliseconds of a header that holds seconds, or an HTTP date (RFC 9110, 10.2.3). The latter is reckoned
 * from the answer's own date, where it has one: this machine's calendar may be wrong.
 */
export function retryAfterMsFrom(
  { retryAfter: header, date }: Pick<HttpAnswer, "retryAfter" | "date">,
): number | undefined {
  if (header === undefined) return undefined;
  // A fraction is no part of the RFC, but of what some send.
  if (/^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(header)) return Math.ceil(Number(header) * 1000);
  const atMs = Date.parse(header);
  if (Number.isNaN(atMs)) return undefined;
  const sentMs = Date.parse(date ?? "");
  return Math.max(0, atMs - (Number.isNaN(sentMs) ? Date.now() : sentMs));
}

/** Whether an error of `fetch` says that there was no connection, so that nothing was sent. */
export function isWithoutConnection(error: unknown): boolean {
  return error instanceof Error && error.message.includes("client error (Connect)");
}

/** The text of a body; `undefined` when it is too long, breaks off or does not come in time. */
async function readBody(response: Response, bytesMax: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > bytesMax) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch {
    return undefined;
  }
}
