/** Builds the page: `web/` becomes `build/web/`, which the hub serves and which is embedded in it. */

import { join } from "node:path";
import { isStale } from "./freshness.ts";
import { PROJECT, runDeno } from "./project.ts";

const SOURCES = join(PROJECT, "web");
const RESULT = join(PROJECT, "build", "web");

/** What is compiled into the script; every other file of `web/` is copied as it is. */
const COMPILED = /\.(ts|tsx)$|^deno\.json$/;

/** Folders and files that the script is made of: older than all of them, and it is stale. */
const INGREDIENTS = ["web", "core", "deno.json", "deno.lock"];

/** Builds the page anew. Throws when the bundler does. */
export async function buildPage(): Promise<void> {
  await Deno.mkdir(RESULT, { recursive: true });
  for await (const entry of Deno.readDir(SOURCES)) {
    if (!entry.isFile || COMPILED.test(entry.name)) continue;
    await Deno.copyFile(join(SOURCES, entry.name), join(RESULT, entry.name));
  }
  await runDeno([
    "bundle",
    "--quiet",
    "--platform=browser",
    "--minify",
    `--output=${join(RESULT, "app.js")}`,
    join(SOURCES, "main.tsx"),
  ], { stdout: "null" });
}

/** Builds the page when something that it is made of has changed since. */
export async function buildPageWhenStale(): Promise<void> {
  const ingredients = INGREDIENTS.map((name) => join(PROJECT, name));
  if (await isStale([join(RESULT, "app.js")], ingredients)) await buildPage();
}

if (import.meta.main) await buildPage();
