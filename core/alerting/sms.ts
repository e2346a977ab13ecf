/** The cost of a text as SMS, and the replacements that keep typography free of cost. */

/**
 * The capacity of one SMS, in septets of the GSM 7-bit alphabet (3GPP TS 23.038) or UTF-16 units.
 */
const GSM_UNITS = 160;
const UCS2_UNITS = 70;
/** The capacity of each part of a longer one. The rest holds its place in the sequence. */
const GSM_UNITS_OF_PART = 153;
const UCS2_UNITS_OF_PART = 67;

const GSM_BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** These are sent as two characters: an escape and a character. */
const GSM_EXTENSION = new Set("\f^{}\\[~]|€");

/** Typographic characters, and characters of the GSM alphabet with the same meaning. */
const TYPOGRAPHY: readonly (readonly [found: RegExp, written: string])[] = [
  [/[‘’‚‛‹›′ʼ`´]/gu, "'"],
  [/[“”„‟«»″]/gu, '"'],
  [/[‐‑‒–—―−]/gu, "-"],
  [/…/gu, "..."],
  [/×/gu, "x"],
  // Spaces of all widths, then characters without width: allowed or forbidden line breaks.
  [/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/gu, " "],
  [/[\u00ad\u200b\u2060\ufeff]/gu, ""],
];

/** The number of SMS that a text needs. */
export interface SmsParts {
  readonly alphabet: "gsm7" | "ucs2";
  /** Septets, or UTF-16 units. */
  readonly units: number;
  readonly parts: number;
}

/** Returns the cost of a text that is sent as SMS. */
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
 * Returns the text with its typography written in the GSM alphabet if that halves the cost of the
 * whole text: ’ as ', – as -, … as three points. If the text has other foreign characters, it is
 * unchanged, because the replacement would save nothing.
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
