/** Compares the keys of a channel with the needs of its kind. */

import { type ChannelKey, keyName } from "./keys.ts";
import type { ChannelKind } from "./needs.ts";
import type { ConfigReader } from "./reader.ts";

/** The place of a channel's keys: `section` as written, and the key that chose the kind. */
export interface NeedPlace {
  readonly section: "sms" | "webhook" | `channel ${string}`;
  readonly because: "provider" | "preset" | "kind";
}

/** Keys that every kind of channel has. */
const COMMON_KEYS: ReadonlySet<string> = new Set<ChannelKey>(["kind", "quiet"]);

/**
 * Reports each missing key, and each key without meaning for this kind. It checks which keys are
 * written, not which are valid: an invalid value has its own issue already.
 */
export function checkNeeds(
  reader: ConfigReader,
  { kind, needs, check }: ChannelKind,
  { section, because }: NeedPlace,
  keys: readonly ChannelKey[],
): void {
  const nameOf = (key: ChannelKey) => keyName(section, key);
  const reason = keyName(section, because);
  for (const key of keys) {
    if (COMMON_KEYS.has(key)) continue;
    const name = nameOf(key);
    const isGiven = reader.isWritten(name) || reader.isBad(name);
    if (needs[key] === undefined) {
      if (!reader.isWritten(name) || reader.isBad(name)) continue;
      reader.report(name, `none, because it has no meaning for ${kind}`, "one");
    } else if (needs[key].use === "required" && !isGiven) {
      reader.report(name, `a value, because the ${because} is ${kind}`, "none", reason);
    }
  }
  const issue = check?.((key) => reader.isWritten(nameOf(key)) || reader.isBad(nameOf(key)));
  if (issue === undefined) return;
  const expected = issue.isForKind
    ? `${issue.expected}, because the ${because} is ${kind}`
    : issue.expected;
  reader.report(nameOf(issue.key), expected, issue.found, issue.isForKind ? reason : undefined);
}
