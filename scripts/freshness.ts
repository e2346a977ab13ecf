/** Whether something that was built is older than what it was built from. */

import { join } from "node:path";

/** True when a result is missing, or a file or folder of the ingredients was changed since. */
export async function isStale(
  results: readonly string[],
  ingredients: readonly string[],
): Promise<boolean> {
  const builtAt = Math.min(...await Promise.all(results.map(lastChange)));
  const changedAt = Math.max(...await Promise.all(ingredients.map(lastChange)));
  return changedAt >= builtAt;
}

/** When a file, or the youngest in a folder, was changed; 0 when there is none. */
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
