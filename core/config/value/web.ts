/** Values of `config.ini` about the page's host names and reverse proxies. */

import { parsePrefix, type Prefix } from "../../network/address.ts";
import { parseHost } from "../../network/host.ts";
import { bad, good, listOf, type Parsed, type Parser } from "../../text/parser.ts";

const NAMES_MAX = 50;
const PROXIES_MAX = 50;

/** Host names in lower case, without a final dot. */
export const parsePageNames: Parser<readonly string[]> = listOf(parsePageName, NAMES_MAX);

/** Addresses and networks: `127.0.0.1, ::1, 10.0.0.0/8`. */
export const parseProxies: Parser<readonly Prefix[]> = listOf(parseProxy, PROXIES_MAX);

function parsePageName(text: string): Parsed<string> {
  const host = parseHost(text);
  return host.ok
    ? good(host.value.toLowerCase().replace(/\.$/, ""))
    : bad("host names without scheme, port and path, such as pis.example.org");
}

function parseProxy(text: string): Parsed<Prefix> {
  const prefix = parsePrefix(text);
  return prefix === undefined
    ? bad("addresses or networks of proxies, such as 127.0.0.1 or 10.0.0.0/8")
    : good(prefix);
}
