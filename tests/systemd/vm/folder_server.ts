/** A web server of static files, as a release's apt repository has it. */

import { join, normalize } from "node:path";

/** `await using server = serveFolder(address, folder);` */
export function serveFolder(
  hostname: string,
  folder: string,
): AsyncDisposable & { readonly url: string } {
  const onListen = () => {};
  const server = Deno.serve({ hostname, port: 0, onListen }, async ({ url }) => {
    try {
      const path = join(folder, normalize(decodeURIComponent(new URL(url).pathname)));
      return new Response((await Deno.open(path)).readable);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      return new Response("no such file", { status: 404 });
    }
  });
  return {
    url: `http://${hostname}:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
