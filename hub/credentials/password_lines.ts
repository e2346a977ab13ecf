/** The lines of a password file: `user:hash` for each user, and other lines, which admit nobody. */

/** An earlier version ended the line in another way. */
const HEADER_START = "# RPi Cluster Alert: users of the broker";
/**
 * The first line of each written file, so that a file without users is not empty. It contains a
 * colon, because `mosquitto_passwd` drops everything after a line without one.
 */
const HEADER = `${HEADER_START}, by "rpi-cluster-hub enrol" and "rpi-cluster-hub revoke"`;

/** The content of the file. */
export function textOf(lines: readonly string[]): string {
  const others = lines.filter((line) => !line.startsWith(HEADER_START));
  return [HEADER, ...others].map((line) => `${line}\n`).join("");
}

export function userOf(line: string): string {
  return line.slice(0, Math.max(line.indexOf(":"), 0));
}

/** Returns the entry of a line; none for comments and lines without a user, which admit nobody. */
export function entryOf(line: string): [user: string, hash: string][] {
  const user = userOf(line);
  return user === "" || user.startsWith("#") ? [] : [[user, line.slice(user.length + 1)]];
}

export function changedUsers(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const users = new Set([...before.keys(), ...after.keys()]);
  return [...users].filter((user) => before.get(user) !== after.get(user));
}
