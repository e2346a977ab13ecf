/** The answer to a request for a package. */

import type { Context } from "hono";
import type { PackageFolder } from "../../join/package_folder.ts";
import { failure } from "../answer.ts";

const BUSY_S = 5;

export async function servePackage(
  context: Context,
  packages: PackageFolder,
  file: string,
): Promise<Response> {
  const download = await packages.open(file);
  switch (download.kind) {
    case "opened":
      context.header("Content-Type", "application/vnd.debian.binary-package");
      context.header("Content-Length", String(download.bytes));
      return context.body(download.body);
    case "absent":
      return failure(context, 404, { code: "not_found", message: "There is no such package" });
    case "busy":
      context.header("Retry-After", String(BUSY_S));
      return failure(context, 503, { code: "busy", message: "Too many packages are on their way" });
  }
}
