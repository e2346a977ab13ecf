/** Loads the script that draws charts, when the first chart is shown. */

import type { Plotter } from "./plot.ts";

/** A separate bundle, see `scripts/build_page.ts`, because most visits show no chart. */
const SCRIPT = "/plot.js";
const STYLE = "/plot.css";

let loading: Promise<Plotter | undefined> | undefined;

/**
 * Returns the drawing function; `undefined` when it could not be loaded. The next call then tries
 * again.
 */
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

/**
 * The address is a variable, because the bundler would otherwise include the script in the page.
 */
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
