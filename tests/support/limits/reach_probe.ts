/**
 * Replaces a program, with its flags: it revokes the same permissions, then tries every path of its
 * arguments. `reach_probe.ts PROGRAM CONFIG PATH...` prints `{"PATH": "read write"}`.
 */

import { hubReach } from "../../../hub/host/file_reach.ts";
import { loadConfig } from "../../../io/config/config_file.ts";
import { confineFiles, serviceReach } from "../../../io/files/file_reach.ts";

const [program, path = "", ...tried] = Deno.args;
const config = loadConfig({ path, explicit: true });
const HUB_FILES = { pageFolder: "/nowhere", configPath: "/nowhere", backupsFolder: undefined };
confineFiles(program === "hub" ? hubReach(config, HUB_FILES) : serviceReach(config));

function may(what: string, attempt: () => void): readonly string[] {
  try {
    attempt();
    return [what];
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return [];
    throw error;
  }
}

console.log(JSON.stringify(Object.fromEntries(tried.map((file) => {
  const read = may("read", () => Deno.openSync(file, { read: true }).close());
  const write = may("write", () => Deno.openSync(file, { append: true }).close());
  return [file, [...read, ...write].join(" ")];
}))));
