/** Halves of surrogate pairs in a text. */

const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;
const REPLACEMENT = "\ufffd";

/** `String.prototype.isWellFormed` */
export function isWellFormed(this: string): boolean {
  return !LONE_SURROGATE.test(this);
}

/** `String.prototype.toWellFormed` */
export function toWellFormed(this: string): string {
  return this.replace(LONE_SURROGATES, REPLACEMENT);
}
