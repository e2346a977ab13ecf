/** Holds what somebody wrote of a channel against what its kind needs. */

import { type ChannelKey, keyName } from "./keys.ts";
import type { ChannelKind } from "./needs.ts";
import type { ConfigReader } from "./reader.ts";

/** Where the keys of a channel stand: `section` as it is written, and what chose the kind. */
export interface NeedPlace {
  readonly section: "sms" | "webhook" | `channel ${string}`;
  readonly because: "provider" | "preset" | "kind";
}

/** Keys that every kind of channel has. */
const COMMON_KEYS: ReadonlySet<string> = new Set<ChannelKey>(["kind", "quiet"]);

/**
 * Reports each key that is missing, and each that means nothing to this kind. Asks for what somebody
 * wrote, not for what decoded: a bad value has its issue already.
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
