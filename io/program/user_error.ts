/** An error that a person can fix: a bad argument, a used port, a folder that is not writable. */

/** The message is complete: a program that ends with this error logs no stack. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /** The exit code of a program that ends with this error. */
  readonly exitCode: 1 | 2 | 78 = 1;
}

/** The user asked for something impossible: a bad argument of a command. */
export class UsageError extends UserError {
  override readonly name = "UsageError";
  override readonly exitCode = 2;
}

/** Starting the program anew changes nothing, so systemd does not try (EX_CONFIG). */
export class SetupError extends UserError {
  override readonly name = "SetupError";
  override readonly exitCode = 78;
}

/** Returns the message of any thrown value, for use in another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
