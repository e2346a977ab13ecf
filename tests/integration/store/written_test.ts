/** What a hub writes to its SD card, as the kernel counts it: the bench's scenarios, shorter. */

import assert from "node:assert/strict";
import { join } from "node:path";

const TREE = join(import.meta.dirname ?? ".", "..", "..", "..");

/** Bytes that were written while `bench/disk/play.ts` played this. */
async function written(...scenario: readonly (string | number)[]): Promise<number> {
  const play = join(TREE, "bench", "disk", "play.ts");
  const args = ["run", "--allow-all", "--no-check", play, ...scenario.map(String)];
  const command = new Deno.Command(Deno.execPath(), { args, cwd: TREE, stderr: "inherit" });
  const { stdout } = await command.output();
  const { bytes }: { readonly bytes: number } = JSON.parse(new TextDecoder().decode(stdout));
  return bytes;
}

for (
  const [what, scenario, megabytesMax] of [
    ["two hours of 20 Pis", ["quiet", 20, 1, 2], 1.2],
    ["two hours of 200 Pis", ["quiet", 200, 1, 2], 2.5],
    ["an hour of a Pi that dies and returns each 10 s", ["flapping", 1, 0, 1], 16],
  ] as const
) {
  Deno.test(`${what} write less than ${megabytesMax} MB`, async () => {
    const bytes = await written(...scenario);
    assert.ok(bytes < megabytesMax * 1e6, `${bytes} bytes`);
  });
}
