/** The answers of HTTP servers. */

/**
 * An answer of a server. The status decides. The body only adds details, and may be missing although
 * the status came: so a message that was accepted is not sent twice because its body was slow.
 */
export interface HttpAnswer {
  readonly status: number;
  /** The raw header. */
  readonly retryAfter: string | undefined;
  /** The raw header with the server's time. */
  readonly date?: string | undefined;
  /** `undefined` if it could not be read to its end. */
  readonly body: string | undefined;
}

/** Reads an answer of at most `bytesMax` bytes, until the request's signal aborts. */
export async function readAnswer(response: Response, bytesMax: number): Promise<HttpAnswer> {
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    date: response.headers.get("date") ?? undefined,
    body: await readBody(response, bytesMax),
  };
}

/**
 * The milliseconds of a header with seconds or with an HTTP date (RFC 9110, 10.2.3). A date counts
 * from the answer's own date if there is one, because this machine's wall clock may be wrong.
 */
export function retryAfterMsFrom(
  { retryAfter: header, date }: Pick<HttpAnswer, "retryAfter" | "date">,
): number | undefined {
  if (header === undefined) return undefined;
  // The RFC has no fractions, but some servers send them.
  if (/^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(header)) return Math.ceil(Number(header) * 1000);
  const atMs = Date.parse(header);
  if (Number.isNaN(atMs)) return undefined;
  const sentMs = Date.parse(date ?? "");
  return Math.max(0, atMs - (Number.isNaN(sentMs) ? Date.now() : sentMs));
}

/** Whether an error of `fetch` means that there was no connection, so that nothing was sent. */
export function isWithoutConnection(error: unknown): boolean {
  return error instanceof Error && error.message.includes("client error (Connect)");
}

/** The text of a body; `undefined` if it is too long, breaks off or is late. */
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
