/**
 * Gives tslib in a bundle what Deno gives it outside of one: its module for Node.js imports its
 * CommonJS file as the default, which the bundler of this Deno leaves undefined.
 */

/** How the bundler imports a CommonJS file, without and with Node.js's rule for the default. */
const IMPORT = /__toESM\((require_tslib\d*)\(\)\)/g;

/** Returns the bundle in which tslib's default import is its CommonJS file. */
export function withNodeDefaults(bundle: string): string {
  return bundle.replaceAll(IMPORT, "__toESM($1(), 1)");
}
