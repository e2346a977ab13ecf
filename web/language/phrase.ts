/** A text of the page in each language. */

/** The languages of the page. */
export type Language = "en" | "de";

/** Forms that depend on a number `count`. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** One text in each language; `{name}` stands for a value. */
export type Phrase = Readonly<Record<Language, string | Plural>>;

/** The texts of one part of the page by key. */
export type Area = Readonly<Record<string, Phrase>>;
