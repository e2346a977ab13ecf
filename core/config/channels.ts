/** `[channel NAME]`: any number of channels. The kind of a channel declares its needs. */

import { checkNeeds } from "./check_needs.ts";
import { bad, good, type Parser } from "../text/parser.ts";
import { closest } from "../text/spelling.ts";
import { CHANNEL_KEYS, type ChannelKey, keyName } from "./keys.ts";
import type { ChannelKind, ChannelValues } from "./needs.ts";
import type { ConfigReader } from "./reader.ts";
import type { ChannelSetting } from "./settings.ts";
import { parseQuietHours } from "./value/times.ts";

const CHANNELS_MAX = 20;

/** All valid channels. Empty without kinds, because a program that sends no messages needs none. */
export function decodeChannels(
  reader: ConfigReader,
  kinds: readonly ChannelKind[],
): readonly ChannelSetting[] {
  if (kinds.length === 0) return [];
  const [first] = reader.channels;
  if (first !== undefined && reader.channels.length > CHANNELS_MAX) {
    reader.report(
      keyName(`channel ${first}`, "kind"),
      `at most ${CHANNELS_MAX} channels`,
      `${reader.channels.length}`,
    );
  }
  return reader.channels.flatMap((name) => decodeChannel(reader, name, kinds) ?? []);
}

function decodeChannel(
  reader: ConfigReader,
  name: string,
  kinds: readonly ChannelKind[],
): ChannelSetting | undefined {
  const section = `channel ${name}` as const;
  const word = reader.optional(keyName(section, "kind"), kindWord(kinds));
  const quiet = reader.withDefault(keyName(section, "quiet"), parseQuietHours);
  const kind = kinds.find((one) => one.kind === word);
  if (kind === undefined) {
    if (!reader.isBad(keyName(section, "kind"))) {
      const because = CHANNEL_KEYS.find((key) => reader.entry(keyName(section, key)));
      const words = kinds.map((one) => one.kind).join(", ");
      const at = because && keyName(section, because);
      reader.report(keyName(section, "kind"), `one of ${words}`, "none", at);
    }
    return undefined;
  }
  const values = valuesOf(reader, section, kind);
  checkNeeds(reader, kind, { section, because: "kind" }, CHANNEL_KEYS);
  return { name, section, kind: kind.kind, values, quiet };
}

/** Parses each value to report errors. The channel itself parses it again. */
function valuesOf(reader: ConfigReader, section: string, { needs }: ChannelKind): ChannelValues {
  const values: Partial<Record<ChannelKey, string>> = {};
  for (const key of CHANNEL_KEYS) {
    const need = needs[key];
    const name = keyName(section, key);
    if (need === undefined || reader.optional(name, need.parse) === undefined) continue;
    values[key] = reader.entry(name)?.value ?? "";
  }
  return values;
}

function kindWord(kinds: readonly ChannelKind[]): Parser<string> {
  const words = kinds.map(({ kind }) => kind);
  return (text) => {
    const word = words.find((known) => known === text.toLowerCase());
    if (word !== undefined) return good(word);
    const hint = closest(text.toLowerCase(), words);
    const meant = hint === undefined ? "" : ` (did you mean ${hint}?)`;
    return bad(`one of ${words.join(", ")}${meant}`);
  };
}
