/** HTTP requests that carry messages, within the limits of the receivers. */

/** A complete request: POST if it has a body, else GET. */
export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request with a JSON body. */
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

/** The header with the credential. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { "Authorization": `Bearer ${token}` };
}

/** An address to which a path can be appended. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** The text, cut to `lengthMax` UTF-16 units with an ellipsis. */
export function withinLength(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  // Keeps no half of a surrogate pair, and no escape without the escaped character.
  return `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF\\]$/, "")}…`;
}

/** The text, cut to `bytesMax` bytes of UTF-8 with an ellipsis. */
export function withinBytes(text: string, bytesMax: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= bytesMax) return text;
  const ellipsisBytes = 3;
  // A character that was cut in the middle decodes to the replacement character.
  const start = new TextDecoder().decode(bytes.subarray(0, bytesMax - ellipsisBytes));
  return `${start.replace(/\uFFFD$/, "")}…`;
}
