/**
 * Makes texts from the network safe for one line of output, and measures them as people see them.
 */

/** Characters that could forge another line. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** Characters that change the direction of the surrounding text. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** Each of these is one visible character. */
const ASCII = /^[\x20-\x7e]*$/;

/** Texts that show nothing on the screen. */
export const INVISIBLE = /^[\s\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Created on first use, because its tables take memory and an agent rarely needs them. */
let segmenter: Intl.Segmenter | undefined;

/** Returns the text on one line, without marks of direction. */
export function withoutMarks(text: string): string {
  return text.replaceAll(CONTROLS, " ").replaceAll(DIRECTION_MARKS, "");
}

/** The same, without unpaired surrogates and without blanks at its ends. */
export function plainText(text: string): string {
  return withoutMarks(text.toWellFormed().normalize("NFC")).trim();
}

/** The characters of a text as people count them: a flag or a letter with its accent is one. */
export function graphemesOf(text: string): readonly string[] {
  if (ASCII.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
