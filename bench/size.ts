/** The sizes of the executables, and of the packages when they were made. */

import { join } from "node:path";
import { statIfAny } from "../io/files/atomic_file.ts";
import { PROJECT } from "../scripts/project.ts";

export async function benchSize(): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const program of ["agent", "tracker", "hub"]) {
    const sizes = await Promise.all(["x86_64", "aarch64"].map(async (architecture) => {
      const { size } = await Deno.stat(join(PROJECT, "dist", `${program}-${architecture}`));
      return `${(size / 1e6).toFixed(1)} MB ${architecture}`;
    }));
    lines.push(`${program}, size: ${sizes.join(", ")}`);
  }
  return [...lines, ...packageSizes(join(PROJECT, "dist/packages"))];
}

function packageSizes(folder: string): readonly string[] {
  const isThere = statIfAny(folder) !== undefined;
  const names = isThere ? [...Deno.readDirSync(folder)].map(({ name }) => name).sort() : [];
  return names.map((name) => {
    const { size } = Deno.statSync(join(folder, name));
    return `${name}: ${(size / 1e6).toFixed(1)} MB`;
  });
}
