/** What a person can put right: a bad argument, a port that is taken, a folder that is not writable. */

/** Its message says everything; a program that ends by it logs no stack. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** What a program that ends by it exits with. */
  readonly exitCode: 1 | 2 = 1;
}

/** Somebody asked for what cannot be: a bad argument of a command. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/** The words of whatever was thrown, for a message of one's own. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
