/** Versions of releases, such as `0.2.0`. */

const RELEASE = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+~].{0,64})?$/;

/**
 * Whether a version is older than another one. A suffix does not count. A text that is no version is
 * not older, because nobody knows.
 */
export function isOlderRelease(version: string, than: string): boolean {
  const [one, other] = [RELEASE.exec(version), RELEASE.exec(than)];
  if (one === null || other === null) return false;
  for (const part of [1, 2, 3]) {
    const difference = Number(one[part]) - Number(other[part]);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
