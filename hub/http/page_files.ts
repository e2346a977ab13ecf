/** The files of the page, read once: with their types, compressed, and told to the browser's cache. */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { type Context, Hono } from "hono";

/** The page is far smaller; whatever else lies in its folder is not for memory. */
const FILES_MAX = 200;
const FILE_BYTES_MAX = 4 * 1024 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};
/** What gzip does not make any smaller. */
const DENSE: readonly string[] = [".png", ".woff2", ".ico"];
/** esbuild writes a digest of the content into such a name: the same name is the same content. */
const HASHED = /[-.][A-Z0-9]{8}\.\w+$/;
/** The page's own places, which its script makes of the same document. */
const PLACES = ["/", "/nodes/:id", "/incidents", "/alarm", "/add", "/sessions"];

interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** Absent where it would be no smaller. */
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

/** The routes of the page; none where the folder is missing. Throws when it cannot be read. */
export function pageRoutes(folder: string): Hono {
  const routes = new Hono();
  const files = readFiles(folder);
  for (const [name, file] of files) routes.get(`/${name}`, (context) => answer(context, file));
  const index = files.get("index.html");
  if (index !== undefined) {
    for (const place of PLACES) routes.get(place, (context) => answer(context, index));
  }
  return routes;
}

function answer(context: Context, file: PageFile): Response {
  context.header("Cache-Control", file.cacheControl);
  context.header("ETag", file.etag);
  context.header("Vary", "Accept-Encoding");
  const known = (context.req.header("If-None-Match") ?? "").split(",").map((tag) => tag.trim());
  if (known.some((tag) => tag === "*" || tag.replace(/^W\//, "") === file.etag.slice(2))) {
    return context.body(null, 304);
  }
  context.header("Content-Type", file.type);
  if (file.gzip === undefined || !takesGzip(context)) return context.body(file.plain);
  context.header("Content-Encoding", "gzip");
  return context.body(file.gzip);
}

function takesGzip(context: Context): boolean {
  return (context.req.header("Accept-Encoding") ?? "").split(",").some((part) => {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const isRefused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    return (coding === "gzip" || coding === "*") && !isRefused;
  });
}

function readFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const name of namesIn(folder)) {
    const extension = extname(name);
    const type = TYPES[extension];
    if (type === undefined || files.size >= FILES_MAX) continue;
    const plain = Deno.readFileSync(`${folder}/${name}`);
    if (plain.length > FILE_BYTES_MAX) continue;
    const small = DENSE.includes(extension) ? plain : Uint8Array.from(gzipSync(plain));
    files.set(name, {
      type,
      // Weak, for it stands for the compressed form, too.
      etag: `W/"${createHash("sha256").update(Buffer.from(plain)).digest("base64url")}"`,
      cacheControl: HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
      plain,
      gzip: small.length < plain.length ? small : undefined,
    });
  }
  return files;
}

/** Relative to the folder, also of what lies in folders below it. */
function namesIn(folder: string, below = ""): readonly string[] {
  try {
    return [...Deno.readDirSync(`${folder}/${below}`)].flatMap(({ name, isDirectory, isFile }) => {
      if (isDirectory) return namesIn(folder, `${below}${name}/`);
      return isFile ? [`${below}${name}`] : [];
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && below === "") return [];
    throw error;
  }
}
