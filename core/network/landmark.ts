/** `[cluster] landmarks`: machines that answer as long as the network works. */

import { bad, good, listOf, type Parsed, type Parser } from "../text/parser.ts";
import { isOfAMachine, parseIp } from "./address.ts";
import { type HostAndPort, parseHostAndPort } from "./host.ts";

/** All of them are probed whenever nodes go silent. */
const LANDMARKS_MAX = 8;
const EXPECTED = "landmarks such as nas.lan, 192.168.1.2:22 or [fd00::1]:443";

const parseTexts: Parser<readonly string[]> = listOf(parseText, LANDMARKS_MAX);

/** Landmarks separated by commas, each once. */
export function parseLandmarks(text: string): Parsed<readonly HostAndPort[]> {
  const texts = parseTexts(text.toLowerCase());
  if (!texts.ok) return texts;
  return good(texts.value.flatMap((one) => {
    const parsed = parseHostAndPort(one);
    return parsed.ok ? parsed.value : [];
  }));
}

function parseText(text: string): Parsed<string> {
  const parsed = parseHostAndPort(text);
  if (!parsed.ok || parsed.value.port === 0) return bad(EXPECTED);
  const { hostname } = parsed.value;
  const address = parseIp(hostname);
  const isElsewhere = address === undefined
    ? !/(^|\.)localhost\.?$/.test(hostname)
    : isOfAMachine(address);
  return isElsewhere ? good(text) : bad(`${EXPECTED}, each another machine`);
}
