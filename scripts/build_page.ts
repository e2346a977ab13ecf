/** Builds the page: `web/` becomes `build/web/`, which the hub serves and which is embedded in it. */

import { join, relative } from "node:path";
import { isStale } from "./freshness.ts";
import { iconPng } from "./page_icon.ts";
import { PROJECT, runDeno } from "./project.ts";

const SOURCES = join(PROJECT, "web");
const RESULT = join(PROJECT, "build", "web");

/** The folders and files of the page: the build is stale when it is older than one of them. */
const INGREDIENTS = [
  "web",
  "core",
  "deno.json",
  "deno.lock",
  "scripts/build_page.ts",
  "scripts/page_icon.ts",
];

/** Copied unchanged. */
const COPIED = ["index.html", "manifest.webmanifest"];

/** Pixels of an installed page's icons, which the manifest names. */
const ICON_SIZES = [192, 512];

/** Builds the page. Throws when the bundler does. */
export async function buildPage(): Promise<void> {
  await Deno.remove(RESULT, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(RESULT, { recursive: true });
  for (const name of COPIED) await Deno.copyFile(join(SOURCES, name), join(RESULT, name));
  for (const size of ICON_SIZES) {
    await Deno.writeFile(join(RESULT, `icon-${size}.png`), await iconPng(size));
  }
  await Deno.writeTextFile(join(RESULT, "style.css"), await styles());
  // In pieces: a view that loads later is a file of its own.
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
  // Charts are a separate bundle, with the style sheet of their library.
  await runDeno([
    "bundle",
    "--quiet",
    "--platform=browser",
    "--minify",
    `--outdir=${RESULT}`,
    join(SOURCES, "charts", "plot.ts"),
  ], { stdout: "null" });
}

/** Builds the page when one of its sources has changed since. */
export async function buildPageWhenStale(): Promise<void> {
  const ingredients = INGREDIENTS.map((name) => join(PROJECT, name));
  if (await isStale([join(RESULT, "app.js")], ingredients)) await buildPage();
}

/** Joins all style sheets: those of `style/` first, then each folder's own. */
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
