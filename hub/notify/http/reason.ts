/** A receiver's reason as a text to show: short, on one line, without secrets. */

export const REASON_LENGTH_MAX = 300;
/** A shorter part of an address is no secret, and may be part of common words. */
const PART_LENGTH_MIN = 4;

/** Cleans texts of other servers, which may repeat the request. */
export class Cleaner {
  /** Longest first, so that a secret that contains another is replaced whole. */
  readonly #secrets: readonly string[];

  /** If a secret is an address, each of its parts that may be secret is one too. */
  constructor(secrets: readonly string[]) {
    const all = secrets.flatMap((
      one,
    ) => [one, ...(URL.canParse(one) ? partsOf(new URL(one)) : [])]);
    this.#secrets = [...new Set(all)].filter((one) => one).sort((a, b) => b.length - a.length);
  }

  /** One line of at most `REASON_LENGTH_MAX` characters, without addresses and secrets. */
  clean(text: string): string {
    const plain = this.#secrets.reduce((rest, one) => rest.replaceAll(one, "(secret)"), text);
    const line = plain.replace(/https?:\/\/\S+/g, "").replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ");
    const short = line.trim();
    return short.length <= REASON_LENGTH_MAX
      ? short
      : `${short.slice(0, REASON_LENGTH_MAX - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
  }
}

/** The parts of an address that may be secret, e.g. the topic of ntfy, or the end of the path of Slack. */
function partsOf({ href, pathname, search, searchParams }: URL): readonly string[] {
  const path = pathname.split("/");
  const parts = [href, pathname, search, ...path, ...path.map(decoded), ...searchParams.values()];
  return parts.filter((part) => part.length >= PART_LENGTH_MIN);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The receiver's own words; `undefined` for a web page or an empty body. */
export function reasonIn(body: string | undefined): string | undefined {
  if (body === undefined || isPage(body)) return undefined;
  const json = jsonOf(body);
  // Slack and many others answer in plain text.
  const reason = json === undefined ? body.trim() : wordsIn(json);
  return reason === undefined || reason === "" ? undefined : reason.replace(/\.$/, "");
}

/** Whether the body is a web page, e.g. of a captive portal. */
export function isPage(body: string): boolean {
  return body.trimStart().startsWith("<");
}

/** The JSON object in a body, or `undefined`. */
export function jsonOf(body: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(body ?? "");
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Keys: `description` of Telegram, `errors` of Pushover, `error` of ntfy, `message` of Discord, `detail` and `msg` of D7. */
function wordsIn(json: Readonly<Record<string, unknown>>): string | undefined {
  const { detail } = json;
  const inner: unknown = Array.isArray(detail) ? detail[0] : detail;
  const candidates = [
    json["description"],
    Array.isArray(json["errors"]) ? json["errors"][0] : undefined,
    json["error"],
    json["message"],
    ...(isObject(inner) ? [inner["message"], inner["msg"]] : [inner]),
  ];
  return candidates.find((one) => typeof one === "string" && one !== "") as string | undefined;
}
