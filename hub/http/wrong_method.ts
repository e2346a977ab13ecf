/** The answer to a method that a path does not support. */

import type { Context } from "hono";
import { failure } from "./answer.ts";
import type { PageFiles } from "./page_files.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * Returns 405 when the path has routes but none for the method; `undefined` for an unknown path.
 */
export function wrongMethod(context: Context, routes: readonly Route[]): Response | undefined {
  const { method, path } = context.req;
  const known = new Set(
    routes.filter((route) => isNamed(route) && isPathOf(path, route)).map((route) => route.method),
  );
  if (known.has("GET")) known.add("HEAD");
  if (known.size === 0 || known.has(method)) return undefined;
  return notAllowed(context, [...known].toSorted());
}

/** Returns 405 for a file of the page that is requested with a method other than reading. */
export async function wrongFileMethod(
  context: Context,
  files: PageFiles,
): Promise<Response | undefined> {
  const { method, path } = context.req;
  if (FILE_METHODS.includes(method)) return undefined;
  const file = await files.find(path.slice(1));
  return file && notAllowed(context, FILE_METHODS);
}

function notAllowed(context: Context, methods: readonly string[]): Response {
  const { method, path } = context.req;
  const allowed = methods.join(", ");
  context.header("Allow", allowed);
  const message = `${path.slice(0, PATH_SHOWN_MAX)}: expected ${allowed}, found ${method}`;
  return failure(context, 405, { code: "method_not_allowed", message });
}

const FILE_METHODS: readonly string[] = ["GET", "HEAD"];

/** The longest part of a path that an error text repeats. */
const PATH_SHOWN_MAX = 100;

/** Excludes guards of many routes and the page's files, which match any path. */
function isNamed({ method, path }: Route): boolean {
  return method !== "ALL" && !path.includes("*");
}

function isPathOf(path: string, route: Route): boolean {
  const [parts, pattern] = [path, route.path].map((text) => text.split("/"));
  return parts !== undefined && pattern !== undefined && parts.length === pattern.length &&
    pattern.every((part, index) =>
      part.startsWith(":") ? parts[index] !== "" : part === parts[index]
    );
}
