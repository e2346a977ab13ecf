/** The user and groups of this program, from the kernel and from the system's lists. */

/** The part of the C library's file access that is needed. */
export interface Reader {
  /** Throws an Error that names the file. */
  read(path: string): string;
}

export interface Identity {
  /** The effective user's name, or its number if it has none. */
  readonly user: string;
  readonly isRoot: boolean;
  /** Names of this process's groups; a number for a group without a name. */
  readonly groups: readonly string[];
  /** The user's groups in the system's list. This session may not have them yet. */
  readonly listedGroups: readonly string[];
  /** The system has a group `gpio`. */
  readonly hasGpioGroup: boolean;
}

/** Returns `undefined` when the kernel does not report it. */
export function readIdentity(reader: Reader): Identity | undefined {
  const status = readOrNothing(reader, "/proc/self/status");
  const [, effectiveUser] = numbersOf(status, "Uid");
  const [, effectiveGroup] = numbersOf(status, "Gid");
  if (effectiveUser === undefined || effectiveGroup === undefined) return undefined;
  const users = readRows(reader, "/etc/passwd");
  const groups = readRows(reader, "/etc/group");
  const user = users.find(([, , number]) => number === effectiveUser)?.[0] ?? effectiveUser;
  const held = new Set([effectiveGroup, ...numbersOf(status, "Groups")]);
  const nameOf = (number: string) => groups.find(([, , n]) => n === number)?.[0] ?? number;
  return {
    user,
    isRoot: effectiveUser === "0",
    groups: [...held].map(nameOf),
    listedGroups: groups.flatMap(([name = "", , , members = ""]) =>
      members.split(",").includes(user) ? [name] : []
    ),
    hasGpioGroup: groups.some(([name]) => name === "gpio"),
  };
}

/** Returns the numbers of a line such as `Uid:  1000  1000  1000  1000`. */
function numbersOf(status: string, name: string): readonly string[] {
  const line = status.split("\n").find((line) => line.startsWith(`${name}:`)) ?? "";
  return line.slice(name.length + 1).split(/\s+/).filter((part) => part !== "");
}

/** Returns the fields of `/etc/passwd` or `/etc/group`; none if it cannot be read. */
export function readRows(reader: Reader, path: string): readonly (readonly string[])[] {
  return readOrNothing(reader, path).split("\n").filter((line) => line !== "")
    .map((line) => line.split(":"));
}

/** Returns the text of a file; empty if it cannot be read. */
export function readOrNothing(reader: Reader, path: string): string {
  try {
    return reader.read(path);
  } catch {
    return "";
  }
}

/** Reads these texts in place of the files, and all other files as this program may. */
export function readerWith(texts: ReadonlyMap<string, string>): Reader {
  return { read: (path) => texts.get(path) ?? Deno.readTextFileSync(path) };
}
