/** Parses the syntax of `config.ini` with js-ini. */

import { parse } from "js-ini";
import { IGNORED_SECTION } from "../../core/config/keys.ts";
import type { ConfigEntry } from "../../core/config/settings.ts";

/**
 * Parses `[section]`, `key = value`, and comments on lines of their own that begin with `;` or `#`.
 * A value is taken literally: `;`, `#` and quotes are part of it.
 *
 * The function parses each line separately, because js-ini does not report line numbers.
 */
export function parseConfigText(text: string, path: string): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  let section = "";
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `${path}:${index + 1}`;
    const parsed = parseLine(line);
    if (parsed.kind === "section") section = parsed.name;
    // The section of the predecessor program may hold lines that are not valid here.
    if (section.toLowerCase() === IGNORED_SECTION) continue;
    switch (parsed.kind) {
      case "section":
        entries.push({ section, key: "", value: "", where, source: "file" });
        break;
      case "key":
        entries.push({ section, key: parsed.key, value: parsed.value, where, source: "file" });
        break;
      case "nonsense": {
        // The error does not show the line: it may be a password with a missing "=".
        const problem = { expected: "[section], key = value, or a comment", found: "neither" };
        entries.push({ section, key: "", value: "", where, source: "file", problem });
        break;
      }
      case "nothing":
        break;
    }
  }
  return entries;
}

type Line =
  | { readonly kind: "section"; readonly name: string }
  | { readonly kind: "key"; readonly key: string; readonly value: string }
  | { readonly kind: "nothing" }
  | { readonly kind: "nonsense" };

function parseLine(line: string): Line {
  const pairs: Line[] = [];
  let sections: readonly string[];
  try {
    const parsed = parse(line, {
      autoTyping: false,
      comment: [";", "#"],
      delimiter: "=",
      nothrow: false,
      protoSymbol: false,
      dataSections: [],
      keyMergeStrategy: (_section, key, value) => {
        pairs.push({ kind: "key", key, value: String(value) });
      },
    });
    sections = Object.keys(parsed);
  } catch {
    return { kind: "nonsense" };
  }
  const [pair] = pairs;
  if (pair?.kind === "key") return pair.key === "" ? { kind: "nonsense" } : pair;
  const [name] = sections;
  if (name !== undefined) return name === "" ? { kind: "nonsense" } : { kind: "section", name };
  // js-ini drops a section that is named like a property of every object, such as [constructor].
  return line.trim().startsWith("[") ? { kind: "nonsense" } : { kind: "nothing" };
}
