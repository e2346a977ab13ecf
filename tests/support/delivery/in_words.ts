/** An outcome as the log tells it, without the code of the failure: that has a test of its own. */

/** Takes the failure's code out of an outcome. */
export function inWords<Outcome extends object>(outcome: Outcome): Outcome {
  const words = { ...outcome };
  Reflect.deleteProperty(words, "failure");
  return words;
}
