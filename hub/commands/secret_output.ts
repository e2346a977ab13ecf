/** Keeps what a command prints to itself, where a shell has sent it to a file that all can read. */

import { fchmodSync, fstatSync } from "node:fs";

const STDOUT = 1;
const BY_OTHERS = 0o077;
const SECRET_MODE = 0o600;

/**
 * `hub enrol ID > FILE` makes a file with the usual permissions, and what is printed is a password.
 * Call this before it is printed. A terminal and a pipe are left alone.
 */
export function keepOutputSecret(): void {
  const { mode } = fstatSync(STDOUT);
  const isFile = fstatSync(STDOUT).isFile();
  if (isFile && (mode & BY_OTHERS) !== 0) fchmodSync(STDOUT, SECRET_MODE);
}
