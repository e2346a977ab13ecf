/** `[cluster] landmarks`: machines that answer as long as the network works. */

import { bad, good, listOf, type Parsed, type Parser } from "../config_parser.ts";
import { isOfAMachine, parseIp } from "./address.ts";

/** A machine to knock at. */
export interface Landmark {
  /** A name, or an IP literal without brackets. */
  readonly host: string;
  /** `undefined`: at the usual ones. */
  readonly port: number | undefined;
}

/** Each is asked for whenever nodes fall silent. */
const LANDMARKS_MAX = 8;
const NAME_LENGTH_MAX = 253;
/** RFC 1123, 2.1; underscores are no part of host names, but of some people's. */
const LABEL_PATTERN = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;
const EXPECTED = "landmarks such as 192.168.1.1, nas.lan:445 or [fd00::1]:22";

const parseTexts: Parser<readonly string[]> = listOf(parseLandmarkText, LANDMARKS_MAX);

/** Landmarks between commas, each once. */
export function parseLandmarks(text: string): Parsed<readonly Landmark[]> {
  const texts = parseTexts(text);
  return texts.ok ? good(texts.value.flatMap((one) => landmarkOf(one) ?? [])) : texts;
}

function parseLandmarkText(text: string): Parsed<string> {
  const landmark = landmarkOf(text);
  if (landmark === undefined) return bad(EXPECTED);
  const address = parseIp(landmark.host);
  const isElsewhere = address === undefined
    ? !/^(.+\.)?localhost\.?$/i.test(landmark.host)
    : isOfAMachine(address);
  return isElsewhere ? good(text.toLowerCase()) : bad(`${EXPECTED}, each another machine`);
}

function landmarkOf(text: string): Landmark | undefined {
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text) ??
    [];
  const host = inBrackets ?? plain ?? "";
  const isHost = inBrackets === undefined ? isHostName(host) : parseIp(host)?.kind() === "ipv6";
  const port = digits === undefined ? undefined : Number(digits);
  if (!isHost || (port !== undefined && (port < 1 || port > 65535))) return undefined;
  return { host, port };
}

/** An IPv4 address or a host name. What ends like a number is an address or a mistake. */
function isHostName(text: string): boolean {
  if (parseIp(text) !== undefined) return true;
  const labels = text.replace(/\.$/, "").split(".");
  return text.length <= NAME_LENGTH_MAX && labels.every((label) => LABEL_PATTERN.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "");
}
