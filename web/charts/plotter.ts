/** Loads the script that draws charts, when the first one is shown. */

import type { Plotter } from "./plot.ts";

/** A bundle of its own, see `scripts/build_page.ts`: most visits show no chart. */
const SCRIPT = "/plot.js";
const STYLE = "/plot.css";

let loading: Promise<Plotter | undefined> | undefined;

/** What draws; `undefined` when it could not be loaded. The next call then tries again. */
export async function loadPlotter(): Promise<Plotter | undefined> {
  loading ??= load();
  const plotter = await loading;
  if (plotter === undefined) loading = undefined;
  return plotter;
}

async function load(): Promise<Plotter | undefined> {
  try {
    const [{ drawPlot }] = await Promise.all([scriptOf(SCRIPT), loadStyle()]);
    return drawPlot;
  } catch {
    return undefined;
  }
}

/** By a variable: the bundler would make it a part of the page. */
async function scriptOf(address: string): Promise<{ readonly drawPlot: Plotter }> {
  return await import(address);
}

function loadStyle(): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = STYLE;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      link.remove();
      reject(new Error(`no answer for ${STYLE}`));
    });
    document.head.append(link);
  });
}
