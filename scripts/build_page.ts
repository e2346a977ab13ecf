/** Builds the page: `web/` becomes `build/web/`, which the hub serves and which is embedded in it. */

import { join, relative } from "node:path";
import { isStale } from "./freshness.ts";
import { iconPng } from "./page_icon.ts";
import { PROJECT, runDeno } from "./project.ts";

const SOURCES = join(PROJECT, "web");
const RESULT = join(PROJECT, "build", "web");

/** Folders and files that the page is made of: older than all of them, and it is stale. */
const INGREDIENTS = [
  "web",
  "core",
  "deno.json",
  "deno.lock",
  "scripts/build_page.ts",
  "scripts/page_icon.ts",
];

/** Copied as they are. */
const COPIED = ["index.html", "manifest.webmanifest"];

/** Pixels of the icons that an installed page has; the manifest names them. */
const ICON_SIZES = [192, 512];

/** Builds the page anew. Throws when the bundler does. */
export async function buildPage(): Promise<void> {
  await Deno.remove(RESULT, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(RESULT, { recursive: true });
  for (const name of COPIED) await Deno.copyFile(join(SOURCES, name), join(RESULT, name));
  for (const size of ICON_SIZES) {
    await Deno.writeFile(join(RESULT, `icon-${size}.png`), await iconPng(size));
  }
  await Deno.writeTextFile(join(RESULT, "style.css"), await styles());
  // In pieces: what a view loads only when somebody looks at it is a file of its own.
  await runDeno([
    "bundle",
    "--quiet",
    "--platform=browser",
    "--minify",
    "--code-splitting",
    `--outdir=${RESULT}`,
    join(SOURCES, "main.tsx"),
  ], { stdout: "null" });
  await Deno.rename(join(RESULT, "main.js"), join(RESULT, "app.js"));
  // Charts are a bundle of their own, with the style sheet of the library that draws them.
  await runDeno([
    "bundle",
    "--quiet",
    "--platform=browser",
    "--minify",
    `--outdir=${RESULT}`,
    join(SOURCES, "charts", "plot.ts"),
  ], { stdout: "null" });
}

/** Builds the page when something that it is made of has changed since. */
export async function buildPageWhenStale(): Promise<void> {
  const ingredients = INGREDIENTS.map((name) => join(PROJECT, name));
  if (await isStale([join(RESULT, "app.js")], ingredients)) await buildPage();
}

/** All style sheets as one: those of `style/` first, then each folder's own. */
async function styles(): Promise<string> {
  const paths = (await sheetsIn(SOURCES)).map((path) => relative(SOURCES, path));
  const isShared = (path: string) => path.startsWith("style/");
  const ordered = [
    ...paths.filter(isShared).sort(),
    ...paths.filter((path) => !isShared(path)).sort(),
  ];
  const texts = await Promise.all(ordered.map((path) => Deno.readTextFile(join(SOURCES, path))));
  return texts.join("\n");
}

async function sheetsIn(folder: string): Promise<readonly string[]> {
  const sheets: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) sheets.push(...await sheetsIn(path));
    else if (entry.name.endsWith(".css")) sheets.push(path);
  }
  return sheets;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) await buildPage();
