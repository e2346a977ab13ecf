/** Requests of HTTP that carry messages, and what keeps them within a receiver's limits. */

/** Ready to go: a POST when it has a body, else a GET. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A body in JSON. */
export function posted(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpRequest {
  return {
    url,
    headers: {
      "Content-Type": "application/json",
      "Accept": "application/json",
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

/** The header that proves who asks. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { "Authorization": `Bearer ${token}` };
}

/** An address to which a path is appended. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** Cut to so many UTF-16 units, with an ellipsis. */
export function withinLength(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // No half of a character that takes two units, and no escape without what it escapes.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF\\]$/, "")}…`;
}

/** Cut to so many bytes of UTF-8, with an ellipsis. */
export function withinBytes(text: string, bytesMax: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= bytesMax) return text;
  const ellipsisBytes = 3;
  // What was cut in the middle of a character decodes to a replacement.
  const start = new TextDecoder().decode(bytes.subarray(0, bytesMax - ellipsisBytes));
  return `${start.replace(/\uFFFD$/, "")}…`;
}
