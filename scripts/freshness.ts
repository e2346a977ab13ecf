/** Whether a build is older than its sources. */

import { join } from "node:path";

/** Returns true when a result is missing, or when a source file or folder has changed since. */
export async function isStale(
  results: readonly string[],
  ingredients: readonly string[],
): Promise<boolean> {
  const builtAt = Math.min(...await Promise.all(results.map(lastChange)));
  const changedAt = Math.max(...await Promise.all(ingredients.map(lastChange)));
  return changedAt >= builtAt;
}

/** Returns when a file, or the newest one in a folder, was changed; 0 when there is none. */
async function lastChange(path: string): Promise<number> {
  try {
    const stat = await Deno.stat(path);
    let changedAt = stat.mtime?.getTime() ?? 0;
    if (!stat.isDirectory) return changedAt;
    for await (const entry of Deno.readDir(path)) {
      changedAt = Math.max(changedAt, await lastChange(join(path, entry.name)));
    }
    return changedAt;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
