/** What a text costs as SMS, and how typography costs nothing. */

/** One SMS holds this many septets of the GSM 7-bit alphabet (3GPP TS 23.038), or UTF-16 units. */
const GSM_UNITS = 160;
const UCS2_UNITS = 70;
/** Each part of a longer one gives up room for its place in the sequence. */
const GSM_UNITS_OF_PART = 153;
const UCS2_UNITS_OF_PART = 67;

const GSM_BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These are sent as an escape and a character. */
const GSM_EXTENSION = new Set("\f^{}\\[~]|€");

/** Typography that means the same in characters of the GSM alphabet. */
const TYPOGRAPHY: readonly (readonly [found: RegExp, written: string])[] = [
  [/[‘’‚‛‹›′ʼ`´]/gu, "'"],
  [/[“”„‟«»″]/gu, '"'],
  [/[‐‑‒–—―−]/gu, "-"],
  [/…/gu, "..."],
  [/×/gu, "x"],
  // Spaces of all widths; then what has no width: places where a line may, or may not, be broken.
  [/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/gu, " "],
  [/[\u00ad\u200b\u2060\ufeff]/gu, ""],
];

/** How many SMS a text is. */
export interface SmsParts {
  readonly alphabet: "gsm7" | "ucs2";
  /** Septets, or UTF-16 units. */
  readonly units: number;
  readonly parts: number;
}

/** What a text costs when it is sent as SMS. */
export function smsParts(text: string): SmsParts {
  let septets = 0;
  for (const character of text) {
    if (GSM_BASIC.has(character)) septets += 1;
    else if (GSM_EXTENSION.has(character)) septets += 2;
    else return partsOf("ucs2", text.length);
  }
  return partsOf("gsm7", septets);
}

/**
 * The text with its typography written in the GSM alphabet where that saves the whole text from costing
 * twice as much: ’ as ', – as -, … as three points. A text that has other foreign characters, too, stays
 * as it is, for it would gain nothing.
 */
export function gsmText(text: string): string {
  const asItIs = smsParts(text);
  if (asItIs.alphabet === "gsm7") return text;
  const written = TYPOGRAPHY.reduce((sofar, [found, by]) => sofar.replaceAll(found, by), text);
  const { alphabet, parts } = smsParts(written);
  return alphabet === "gsm7" && parts <= asItIs.parts ? written : text;
}

function partsOf(alphabet: "gsm7" | "ucs2", units: number): SmsParts {
  const isGsm = alphabet === "gsm7";
  if (units <= (isGsm ? GSM_UNITS : UCS2_UNITS)) return { alphabet, units, parts: 1 };
  const unitsOfPart = isGsm ? GSM_UNITS_OF_PART : UCS2_UNITS_OF_PART;
  return { alphabet, units, parts: Math.ceil(units / unitsOfPart) };
}
