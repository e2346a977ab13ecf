/** Serves the files of the page with their types, compressed once, and with cache headers. */

import { type Context, Hono } from "hono";
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { gzipSync } from "node:zlib";
import { takesGzip } from "./compression.ts";

/** The page is far smaller; further files in its folder are not kept in memory. */
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
/** Files that gzip does not make smaller. */
const DENSE: readonly string[] = [".png", ".woff2", ".ico"];
/**
 * esbuild puts a digest of the content into such a name, so the content behind it never changes.
 */
const HASHED = /[-.][A-Z0-9]{8}\.\w+$/;
/** The page's own places. Its script renders all of them from the same document. */
const PLACES = ["/", "/nodes/:id", "/incidents", "/alarm", "/add", "/sessions"];
const INDEX = "index.html";
/**
 * Names in folders, none of which begins with a dot, so no path leads outside the page's folder.
 */
const NAME = /^(?:\w[\w.-]{0,63}\/){0,4}\w[\w.-]{0,127}$/;

interface PageFile {
  /** Identifies the version of the content on the disk. */
  readonly version: string;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  /** `undefined` when compression does not make it smaller. */
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

/** Paths for programs. Their errors are always JSON. */
const OF_PROGRAMS = /^\/(?:api|ws|metrics|healthz|readyz)(?:\/|$)/;

/** Returns whether a path is for programs and not a part of the page. */
export function isOfPrograms(path: string): boolean {
  return OF_PROGRAMS.test(path);
}

/** Returns the page for a browser at an unknown address; `undefined` for programs. */
export async function lostPage(context: Context, files: PageFiles): Promise<Response | undefined> {
  const { method, path } = context.req;
  const isBrowser = method === "GET" && (context.req.header("Accept") ?? "").includes("text/html");
  if (!isBrowser || isOfPrograms(path)) return undefined;
  const index = await files.find(INDEX);
  if (index === undefined) return undefined;
  context.status(404);
  context.header("Cache-Control", "no-store");
  return content(context, index);
}

/** Returns the routes of the page. Missing files are left to other routes. */
export function pageRoutes(files: PageFiles): Hono {
  const routes = new Hono();
  for (const place of PLACES) {
    routes.get(place, async (context, next) => {
      const index = await files.find(INDEX);
      return index === undefined ? await next() : answer(context, index);
    });
  }
  routes.get("*", async (context, next) => {
    const file = await files.find(context.req.path.slice(1));
    return file === undefined ? await next() : answer(context, file);
  });
  return routes;
}

/**
 * Reads a file on its first request, and again when it has changed, because a page may be built
 * while a hub runs.
 */
export class PageFiles {
  readonly #folder: string;
  readonly #files = new Map<string, PageFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Finds a file by its name below the folder; `undefined` when the page has no such file. */
  async find(name: string): Promise<PageFile | undefined> {
    const type = TYPES[extname(name)];
    if (type === undefined || !NAME.test(name)) return undefined;
    const path = `${this.#folder}/${name}`;
    const info = await Deno.stat(path).catch(() => undefined);
    if (info === undefined || !info.isFile || info.size > FILE_BYTES_MAX) return undefined;
    const version = `${info.mtime?.getTime()} ${info.size}`;
    const known = this.#files.get(name);
    if (known?.version === version) return known;
    const file = fileOf(await Deno.readFile(path), { name, type, version });
    if (this.#files.size < FILES_MAX) this.#files.set(name, file);
    return file;
  }
}

function answer(context: Context, file: PageFile): Response {
  context.header("Cache-Control", file.cacheControl);
  context.header("ETag", file.etag);
  const known = (context.req.header("If-None-Match") ?? "").split(",").map((tag) => tag.trim());
  if (known.some((tag) => tag === "*" || tag.replace(/^W\//, "") === file.etag.slice(2))) {
    context.header("Vary", "Accept-Encoding");
    return context.body(null, 304);
  }
  return content(context, file);
}

function content(context: Context, file: PageFile): Response {
  context.header("Vary", "Accept-Encoding");
  context.header("Content-Type", file.type);
  if (file.gzip === undefined || !takesGzip(context)) return context.body(file.plain);
  context.header("Content-Encoding", "gzip");
  return context.body(file.gzip);
}

function fileOf(
  plain: Uint8Array<ArrayBuffer>,
  { name, type, version }: { readonly name: string } & Pick<PageFile, "type" | "version">,
): PageFile {
  const small = DENSE.includes(extname(name)) ? plain : Uint8Array.from(gzipSync(plain));
  return {
    version,
    type,
    // A weak tag, because it also stands for the compressed form.
    etag: `W/"${createHash("sha256").update(plain).digest("base64url")}"`,
    cacheControl: HASHED.test(name) ? "public, max-age=31536000, immutable" : "no-cache",
    plain,
    gzip: small.length < plain.length ? small : undefined,
  };
}
