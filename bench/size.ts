/** The sizes of the executables. */

import { join } from "node:path";
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
  return lines;
}
