/** Texts of strangers on one line of ours: without marks that steer a screen, and measured as read. */

/** What could forge a line of its own. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/** What would turn the direction of the text around it. */
const DIRECTION_MARKS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** One character each, as it is read. */
const ASCII = /^[\x20-\x7e]*$/;

/** What leaves no mark on the screen. */
export const INVISIBLE = /^[\s\p{Cf}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*$/u;

/** Made when it is needed: its tables take memory, and an agent rarely needs them. */
let segmenter: Intl.Segmenter | undefined;

/** A text on one line that keeps its direction to itself. */
export function withoutMarks(text: string): string {
  return text.replaceAll(CONTROLS, " ").replaceAll(DIRECTION_MARKS, "");
}

/** The same, without half characters and without blanks at its ends. */
export function plainText(text: string): string {
  return withoutMarks(text.toWellFormed().normalize("NFC")).trim();
}

/** The characters of a text as people count them: a flag or a letter with its accent is one. */
export function graphemesOf(text: string): readonly string[] {
  if (ASCII.test(text)) return [...text];
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
