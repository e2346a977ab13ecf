/** What stands behind the `?` of a request: known names, understood values, or what is wrong. */

import type { Context } from "hono";
import { parseRfc3339 } from "../../core/protocol/rfc3339.ts";
import { NODE_ID_PATTERN } from "../../core/protocol/wire.ts";
import { failure } from "./answer.ts";

/** Rows of history that one answer holds. */
export const ROWS_MAX = 1000;
/** What was found is repeated at most so far. */
const FOUND_LENGTH_MAX = 60;
const NUMBER = /^[1-9]\d{0,14}$/;

/**
 * Reads values by their names; a value that is empty counts as left out. Ask for the `problem` once all
 * are read: what is wrong reads as left out.
 */
export class Query {
  readonly #values: Readonly<Record<string, string>>;
  #problem: string | undefined;

  /** Other names than these are wrong: `nod` would else ask for all. */
  constructor(context: Context, names: readonly string[]) {
    this.#values = context.req.query();
    for (const name of Object.keys(this.#values)) {
      if (!names.includes(name)) this.#note("query", names.join(", ") || "nothing", name);
    }
  }

  /** The first thing that is wrong: where, what was expected, what was found. */
  get problem(): string | undefined {
    return this.#problem;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    return this.#read(name, `one of ${choices.join(", ")}`, (text) => {
      return choices.find((choice) => choice === text);
    });
  }

  /** A whole number from 1 on. */
  number(name: string): number | undefined {
    return this.#read(name, "a whole number from 1 on", (text) => {
      return NUMBER.test(text) ? Number(text) : undefined;
    });
  }

  /** Milliseconds since 1970. */
  instant(name: string): number | undefined {
    return this.#read(name, "an instant such as 2026-11-22T14:02:16Z", parseRfc3339);
  }

  node(name: string): string | undefined {
    return this.#read(name, "a node's id", (text) => NODE_ID_PATTERN.test(text) ? text : undefined);
  }

  flag(name: string): boolean | undefined {
    const choice = this.choice(name, ["0", "1"]);
    return choice === undefined ? undefined : choice === "1";
  }

  #read<Value>(
    name: string,
    expected: string,
    parse: (text: string) => Value | undefined,
  ): Value | undefined {
    const text = this.#values[name];
    if (text === undefined || text === "") return undefined;
    const value = parse(text);
    if (value === undefined) this.#note(name, expected, text);
    return value;
  }

  #note(where: string, expected: string, found: string): void {
    const shown = JSON.stringify(found.slice(0, FOUND_LENGTH_MAX));
    this.#problem ??= `${where}: expected ${expected}, found ${shown}`;
  }
}

/** The answer to a question that is not understood. */
export function badQuery(context: Context, message: string): Response {
  return failure(context, 400, { code: "bad_request", message });
}
