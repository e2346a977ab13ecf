/** `[cluster] groups`: nodes that share a site, a switch or a power strip. */

import { bad, good, type Parsed } from "../text/parser.ts";
import type { NodeGroup } from "./settings.ts";
import { parseNodeIds } from "./values.ts";

const GROUPS_MAX = 100;
const EXPECTED = "groups such as attic: john-snow, pi-2; cellar: pi-3, pi-4";
/** Begins with a letter or digit, and contains none of the separators of groups and ids. */
const NAME_PATTERN = /^[\p{L}\p{N}][^\p{Cc}\p{Zl}\p{Zp},:;]{0,62}$/u;

/** Semicolons separate groups. Each group is a name, a colon, and ids separated by commas. */
export function parseNodeGroups(text: string): Parsed<readonly NodeGroup[]> {
  const groups = new Map<string, NodeGroup>();
  const groupOf = new Map<string, string>();
  for (const part of text === "" ? [] : text.split(";")) {
    const colon = part.indexOf(":");
    const name = part.slice(0, Math.max(0, colon)).trim();
    if (!NAME_PATTERN.test(name)) return bad(EXPECTED);
    if (groups.has(name.toLowerCase())) return bad(`each group once, but "${name}" is there twice`);
    const ids = parseNodeIds(part.slice(colon + 1).trim());
    if (!ids.ok) return bad(`${EXPECTED}, with ids of ${ids.expected}`);
    if (ids.value.length === 0) return bad(`at least one id in the group "${name}"`);
    for (const id of ids.value) {
      const other = groupOf.get(id);
      if (other !== undefined) {
        return bad(`each id in one group, but ${id} is in ${other} and ${name}`);
      }
      groupOf.set(id, name);
    }
    groups.set(name.toLowerCase(), { name, nodes: ids.value });
  }
  return groups.size <= GROUPS_MAX
    ? good([...groups.values()])
    : bad(`at most ${GROUPS_MAX} groups`);
}
