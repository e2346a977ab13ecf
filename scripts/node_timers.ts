/**
 * Gives npm packages in a bundle the timers of Node.js. Run from its package, their code has them from
 * Deno; bundled, it would get the web's, which are numbers and can neither `refresh()` nor `unref()`.
 */

import { transform } from "esbuild";

/** The bundler writes the origin of each module on a line of its own above it. */
const ORIGIN = /^\/\/ (\S.*\.(?:[cm]?[jt]sx?|json))$/gm;

/** Part of each origin in Deno's cache of npm packages. */
const NPM = "/npm/";

const TIMERS = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];

/** No module's own name, for the bundler would have to rename one of the two. */
const NAMESPACE = "nodeTimersOfPackages";

/** One or more modules in a row, all of packages or all of the project. */
interface Stretch {
  readonly isNpm: boolean;
  readonly text: string;
}

/** The bundle with free uses of timers in packages' modules made Node.js's. */
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

/** Cuts a bundle into stretches, whose texts make up the whole again. */
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
