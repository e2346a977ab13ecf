/**
 * Gives npm packages in a bundle the timers of Node.js. Outside of a bundle Deno provides them. In
 * a bundle they would get the web's timers, which are numbers without `refresh()` and `unref()`.
 */

import { transform } from "esbuild";

/** The bundler writes the origin of each module on a line above it. */
const ORIGIN = /^\/\/ (\S.*\.(?:[cm]?[jt]sx?|json))$/gm;

/** Part of each origin in Deno's cache of npm packages. */
const NPM = "/npm/";

const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];

/** A name that no module uses, because the bundler would otherwise rename one of the two. */
const NAMESPACE = "nodeTimersOfPackages";

/** Consecutive modules that all belong to packages, or all to the project. */
interface Stretch {
  readonly isNpm: boolean;
  readonly text: string;
}

/** Returns the bundle in which packages use Node.js's timers. */
export async function withNodeTimers(bundle: string): Promise<string> {
  const define = Object.fromEntries(TIMERS.map((name) => [name, `${NAMESPACE}.${name}`]));
  const parts = await Promise.all(
    stretches(bundle).map(async ({ isNpm, text }) => {
      if (!isNpm) return text;
      return (await transform(text, { define, target: "esnext", charset: "utf8" })).code;
    }),
  );
  return `import * as ${NAMESPACE} from "node:timers";\n${parts.join("")}`;
}

/** Splits a bundle into stretches, whose texts together are the whole bundle. */
function stretches(bundle: string): Stretch[] {
  const found: Stretch[] = [];
  let start = 0;
  let isNpm = false;
  for (const { index, 1: origin = "" } of bundle.matchAll(ORIGIN)) {
    if (origin.includes(NPM) === isNpm) continue;
    found.push({ isNpm, text: bundle.slice(start, index) });
    start = index;
    isNpm = !isNpm;
  }
  found.push({ isNpm, text: bundle.slice(start) });
  return found;
}
