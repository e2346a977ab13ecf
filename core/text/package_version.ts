/** Versions of Debian packages. */

/**
 * Compares two versions as Debian does (deb-version(7)), without epochs: a tilde is before
 * everything, letters are before other characters, and digits count as a number. Returns a number
 * that is negative when `a` is older.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [splitVersion(a), splitVersion(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = index % 2 === 0
      ? compareTexts(left[index] ?? "", right[index] ?? "")
      : Number(left[index] || 0) - Number(right[index] || 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** Texts and numbers in turn, a text first. */
function splitVersion(version: string): readonly string[] {
  return version.split(/(\d+)/);
}

function compareTexts(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weightOf(a[index]) - weightOf(b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function weightOf(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  const code = character.codePointAt(0) ?? 0;
  return /[a-z]/i.test(character) ? code : code + 256;
}
