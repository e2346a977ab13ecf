/** What a text of the page is: the same thing said in each language. */

/** The languages that the page speaks. */
export type Language = "en" | "de";

/** What depends on a number `count`. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** One text in each language; `{name}` stands for a value. */
export type Phrase = Readonly<Record<Language, string | Plural>>;

/** The texts of one part of the page by key. */
export type Area = Readonly<Record<string, Phrase>>;
