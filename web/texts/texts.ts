/** Every text of the page from one table, in the reader's language. */

import { alarmTexts } from "./alarm.ts";
import { availabilityTexts } from "./availability.ts";
import { causeTexts, storageTexts } from "./cause.ts";
import { deviceTexts } from "./device.ts";
import { errorTexts, fieldTexts, providerTexts } from "./failure.ts";
import type { FurtherAreas } from "./further/further.ts";
import { historyTexts } from "./history.ts";
import { listTexts } from "./list.ts";
import { livenessTexts } from "./liveness.ts";
import { loginTexts } from "./login.ts";
import { notificationTexts } from "./notification.ts";
import type { Area, Language, Phrase } from "../language/phrase.ts";
import { refusedTexts } from "./refused.ts";
import { shellTexts } from "./shell.ts";
import { timeTexts } from "./time.ts";
import { upgradeTexts } from "./upgrade.ts";
import { verdictTexts } from "./verdict.ts";
import { vitalTexts } from "./vital.ts";
import { wayTexts } from "./way.ts";

export type { Language };

/** The texts of the first view by area; a text is named `area.key`. */
export const AREAS = {
  alarm: alarmTexts,
  availability: availabilityTexts,
  cause: causeTexts,
  device: deviceTexts,
  error: errorTexts,
  field: fieldTexts,
  history: historyTexts,
  list: listTexts,
  liveness: livenessTexts,
  login: loginTexts,
  notification: notificationTexts,
  provider: providerTexts,
  refused: refusedTexts,
  shell: shellTexts,
  time: timeTexts,
  upgrade: upgradeTexts,
  verdict: verdictTexts,
  storage: storageTexts,
  vital: vitalTexts,
  way: wayTexts,
} as const;

type Areas = typeof AREAS & FurtherAreas;

/** `verdict.connecting`: every possible key. */
export type TextKey = {
  [Name in keyof Areas]: `${Name}.${keyof Areas[Name] & string}`;
}[keyof Areas];

type PhraseOf<Key> = Key extends `${infer Name}.${infer Rest}`
  ? Name extends keyof Areas ? Rest extends keyof Areas[Name] ? Areas[Name][Rest] : never : never
  : never;
type TextTemplate<Of> = Of extends { readonly en: infer English }
  ? English extends { readonly other: infer Other } ? Other : English
  : never;
type Slots<Template> = Template extends `${string}{${infer Name}}${infer Rest}` ? Name | Slots<Rest>
  : never;

/** The values that a text needs: those in its English template. */
export type ValuesOf<Key extends TextKey, Value> = Readonly<
  Record<Slots<TextTemplate<PhraseOf<Key>>>, Value>
>;
type Filling<Key extends TextKey, Value> = [Slots<TextTemplate<PhraseOf<Key>>>] extends [never] ? []
  : [values: ValuesOf<Key, Value>];

let language: Language = "en";

/** Sets the language of every text from now on. */
export function speak(spoken: Language): void {
  language = spoken;
}

/** The current language of texts. */
export function spokenLanguage(): Language {
  return language;
}

/** The first of a reader's languages that the page has, or else English. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (/^de\b/i.test(tag)) return "de";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

/** The text of a key, with its values in place. */
export function text<Key extends TextKey>(
  key: Key,
  ...values: Filling<Key, string | number>
): string {
  return filled<string | number>(key, values[0]).join("");
}

/** The same in pieces, for values that are more than text: a name, a link, a ticking age. */
export function pieces<Key extends TextKey, Value>(
  key: Key,
  values: Readonly<Record<string, Value | string | number>> & ValuesOf<Key, unknown>,
): readonly (string | Value)[] {
  return filled<Value | string | number>(key, values).map((piece) =>
    typeof piece === "number" ? String(piece) : piece
  );
}

function filled<Value>(
  key: TextKey,
  values: Readonly<Record<string, Value>> = {},
): readonly (string | Value)[] {
  // Words and `{slots}` alternate.
  return template(key, values["count"]).split(/\{(\w+)\}/).flatMap((part, index) => {
    if (index % 2 === 0) return part === "" ? [] : [part];
    return [values[part] ?? `{${part}}`];
  });
}

function template(key: TextKey, count: unknown): string {
  const phrase = phraseOf(key)[language];
  if (typeof phrase === "string") return phrase;
  return Number(count) === 1 ? phrase.one : phrase.other;
}

const phrases = new Map<string, Phrase>();

/** Adds areas that came with a later script. */
export function learn(areas: Readonly<Record<string, Area>>): void {
  for (const [area, texts] of Object.entries(areas)) {
    for (const [key, phrase] of Object.entries(texts)) phrases.set(`${area}.${key}`, phrase);
  }
}

learn(AREAS);

function phraseOf(key: TextKey): Phrase {
  const phrase = phrases.get(key);
  if (phrase === undefined) throw new Error(`No text is called "${key}"`);
  return phrase;
}
