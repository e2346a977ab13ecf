/** Whether programs of different versions work together: those of one minor version apart do. */

import { type Finding, fine, warning } from "./finding.ts";

/** Further names are only counted. */
const NAMES_SHOWN_MAX = 5;

export interface OtherVersion {
  readonly name: string;
  readonly version: string;
}

export function versionFinding(own: string, others: readonly OtherVersion[]): Finding {
  const different = others.filter(({ version }) => version !== own);
  if (different.length === 0) {
    return fine("version", others.length === 0 ? own : `${own}, like ${listed(others)}`);
  }
  const shown = different.map(({ name, version }) => ({ name: `${name} (${version})`, version }));
  const found = `${own} here, ${listed(shown)}`;
  if (different.every(({ version }) => areCompatible(own, version))) return fine("version", found);
  return warning("version", found, "update the older ones; versions one minor apart work together");
}

function listed(others: readonly OtherVersion[]): string {
  const names = others.map(({ name }) => name);
  const rest = names.length - NAMES_SHOWN_MAX;
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** Whether two versions are of the same major version and at most one minor version apart. */
function areCompatible(a: string, b: string): boolean {
  const [first, second] = [numbersOf(a), numbersOf(b)];
  if (first === undefined || second === undefined) return false;
  return first.major === second.major && Math.abs(first.minor - second.minor) <= 1;
}

function numbersOf(
  version: string,
): { readonly major: number; readonly minor: number } | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+/.exec(version) ?? [];
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}
