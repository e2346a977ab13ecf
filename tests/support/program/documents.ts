/** The project's documents as GitHub shows them: headings with their anchors, and links. */

import { dirname, join, normalize } from "node:path";

export interface Document {
  /** Relative to the project's folder, such as `docs/install.md`. */
  readonly path: string;
  readonly text: string;
  /** The parts after `#` in links to its headings. */
  readonly anchors: ReadonlySet<string>;
  /** Links and pictures that point into this project. */
  readonly links: readonly Link[];
}

export interface Link {
  /** Relative to the project's folder; the document's own path for a link with only an anchor. */
  readonly file: string;
  readonly anchor: string | undefined;
}

const FENCED = /^( *)(`{3,})[^\n]*\n[\s\S]*?^\1\2 *$/gm;
const CODE = /`[^`\n]+`/g;
const MARKDOWN_LINK = /\]\(([^()\s]+)\)/g;
const HTML_LINK = /\b(?:href|src|srcset)="([^"\s]+)"/g;
const ELSEWHERE = /^[a-z][a-z+.-]*:/i;

/** Reads every document at the top of the project and in `docs/`. */
export async function readDocuments(): Promise<readonly Document[]> {
  const documents: Document[] = [];
  for (const folder of ["", "docs/"]) {
    for await (const { name, isFile } of Deno.readDir(folder || ".")) {
      if (!isFile || !name.endsWith(".md")) continue;
      const path = folder + name;
      documents.push(parseDocument(path, await Deno.readTextFile(path)));
    }
  }
  return documents.sort((one, other) => one.path < other.path ? -1 : 1);
}

export function parseDocument(path: string, text: string): Document {
  const prose = text.replace(FENCED, "");
  const shown = prose.replace(CODE, "");
  const targets = [...shown.matchAll(MARKDOWN_LINK), ...shown.matchAll(HTML_LINK)]
    .flatMap(([, target]) => target === undefined || ELSEWHERE.test(target) ? [] : [target]);
  return { path, text, anchors: anchorsOf(prose), links: targets.map((to) => linkOf(path, to)) };
}

function linkOf(path: string, target: string): Link {
  const [file = "", anchor] = target.split("#");
  return { file: file === "" ? path : normalize(join(dirname(path), file)), anchor };
}

/** Follows GitHub: of equal headings, all but the first get a number. */
function anchorsOf(prose: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose.matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/(?<!\w)_([^_]+)_(?!\w)/g, "$1").toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}
