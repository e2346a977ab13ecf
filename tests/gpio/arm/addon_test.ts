/** The addon for ARMv6: what is in the file, and what it calls. */
import assert from "node:assert/strict";
import { ARM_V6, buildSyscalls } from "../../../scripts/debian/syscalls_addon.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

/** The size of a page, of which a Pi Zero has few. */
const BYTES_MAX = 8_192;

Deno.test("the addon runs on ARMv6, and calls nothing but Node.js", async () => {
  using folder = new TemporaryFolder();
  const path = folder.file("syscalls.node");
  await buildSyscalls(path, ARM_V6);
  const attributes = await output("readelf", "-A", path);
  assert.match(attributes, /Tag_CPU_arch: v6$/m);
  assert.match(attributes, /Tag_ARM_ISA_use: Yes$/m);
  assert.doesNotMatch(attributes, /Tag_THUMB_ISA_use: Thumb-2/);
  const wanted = (await output("nm", "-D", "--undefined-only", path)).match(/\w+$/gm) ?? [];
  assert.deepEqual(wanted.filter((name) => !name.startsWith("napi_")), []);
  assert.ok(wanted.length > 0);
  assert.doesNotMatch(await output("readelf", "-d", path), /NEEDED/);
  assert.ok((await Deno.stat(path)).size <= BYTES_MAX);
});

async function output(program: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stderr: "inherit",
  }).output();
  assert.equal(code, 0);
  return new TextDecoder().decode(stdout);
}
