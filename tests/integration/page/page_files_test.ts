/** The page's files as browsers receive them: types, caching, compression, paths. */

import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { PageFiles, pageRoutes } from "../../../hub/http/page_files.ts";
import { errorOf } from "../../support/page/hub_http.ts";
import { startHub } from "../../support/program/programs.ts";
import { TemporaryFolder } from "../../support/program/temporary_folder.ts";

const TEXT = "<!doctype html>".repeat(100);

function folderOfPage(): TemporaryFolder {
  const folder = new TemporaryFolder();
  for (const sub of ["icons", "empty"]) Deno.mkdirSync(folder.file(sub));
  folder.write("index.html", TEXT);
  folder.write("app.js", "let a = 1;\n".repeat(100));
  folder.write("charts-ABCD2345.js", "let b = 1;\n".repeat(100));
  folder.write("manifest.webmanifest", '{"name":"x"}'.padEnd(500));
  folder.write("icons/icon-maskable.png", "png".repeat(500));
  folder.write("secret.key", "not for browsers");
  return folder;
}

async function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  using folder = folderOfPage();
  return await pageRoutes(new PageFiles(folder.path)).request(path, { headers, method });
}

Deno.test("each place of the page is the same document, and no other place is", async () => {
  for (const path of ["/", "/index.html", "/nodes/john-snow", "/incidents", "/alarm", "/add"]) {
    const response = await get(path);
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8", path);
    assert.equal(response.headers.get("cache-control"), "no-cache");
    assert.equal(await response.text(), TEXT);
  }
  const paths = ["/nodes", "/nodes/a/b", "/other", "/secret.key", "/icons", "/icons/", "/empty/x"];
  for (const path of [...paths, "/../secret.key", "/%2e%2e/etc/passwd", "/icons/../app.jsx"]) {
    assert.equal((await get(path)).status, 404, path);
  }
});

Deno.test("files have their types; those whose name holds a digest are never asked for again", async () => {
  const expected = {
    "/app.js": ["text/javascript; charset=utf-8", "no-cache"],
    "/charts-ABCD2345.js": [
      "text/javascript; charset=utf-8",
      "public, max-age=31536000, immutable",
    ],
    "/manifest.webmanifest": ["application/manifest+json", "no-cache"],
    "/icons/icon-maskable.png": ["image/png", "no-cache"],
  };
  for (const [path, [type, cache]] of Object.entries(expected)) {
    const { headers, status } = await get(path);
    assert.equal(status, 200, path);
    assert.deepEqual([headers.get("content-type"), headers.get("cache-control")], [type, cache]);
  }
});

Deno.test("files are compressed for clients that accept it, with the same content", async () => {
  for (const coding of ["gzip", "br, gzip;q=0.5", "*"]) {
    const response = await get("/", { "Accept-Encoding": coding });
    assert.equal(response.headers.get("content-encoding"), "gzip", coding);
    assert.equal(response.headers.get("vary"), "Accept-Encoding");
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.ok(bytes.length < TEXT.length / 4);
    assert.equal(gunzipSync(bytes).toString(), TEXT);
  }
  for (const coding of ["", "br", "gzip;q=0", "gzip; q=0.0"]) {
    const response = await get("/", { "Accept-Encoding": coding });
    assert.equal(response.headers.get("content-encoding"), null, coding);
    assert.equal(await response.text(), TEXT);
  }
  const dense = await get("/icons/icon-maskable.png", { "Accept-Encoding": "gzip" });
  assert.equal(dense.headers.get("content-encoding"), null);
});

Deno.test("a browser that has a file is not sent it again, until it is another", async () => {
  const etag = (await get("/")).headers.get("etag") ?? "";
  assert.match(etag, /^W\/"[\w-]{43}"$/);
  for (const tag of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const response = await get("/nodes/arya", { "If-None-Match": tag, "Accept-Encoding": "gzip" });
    assert.deepEqual([response.status, await response.text()], [304, ""], tag);
    assert.equal(response.headers.get("etag"), etag);
  }
  for (const tag of ['"other"', `${etag}x`, ""]) {
    assert.equal((await get("/", { "If-None-Match": tag })).status, 200, tag);
  }
  assert.notEqual((await get("/app.js")).headers.get("etag"), etag);
  const head = await get("/", {}, "HEAD");
  assert.deepEqual([head.status, await head.text()], [200, ""]);
});

Deno.test("a page that is built while the hub runs is served as it is then", async () => {
  using folder = new TemporaryFolder();
  const routes = pageRoutes(new PageFiles(folder.path));
  assert.equal((await routes.request("/")).status, 404);
  for (const text of ["first", "the second"]) {
    folder.write("index.html", text);
    assert.equal(await (await routes.request("/incidents")).text(), text);
  }
});

Deno.test("hub keeps other pages from framing it, and its own from camera and microphone", async () => {
  await using hub = await startHub();
  for (const path of ["/", "/nodes/john-snow", "/healthz", "/nothing"]) {
    const { headers, body } = await hub.fetch(path);
    await body?.cancel();
    const policy = headers.get("content-security-policy") ?? "";
    for (const part of ["frame-ancestors 'none'", "manifest-src 'self'", "base-uri 'none'"]) {
      assert.ok(policy.includes(part), policy);
    }
    assert.ok(!/unsafe|\*/.test(policy), policy);
    const permissions = headers.get("permissions-policy") ?? "";
    for (const name of ["camera", "microphone", "geolocation"]) {
      assert.ok(permissions.includes(`${name}=()`), permissions);
    }
  }
  assert.equal(await errorOf(await hub.fetch("/api/v1/nodes/x/y"), 404), "not_found");
});

Deno.test("a file of the page that is asked for by another method is 405, and no file is 404", async () => {
  await using hub = await startHub();
  for (const method of ["POST", "PUT", "DELETE"]) {
    const wrong = await hub.fetch("/index.html", { method });
    assert.equal(wrong.headers.get("allow"), "GET, HEAD");
    assert.equal(await errorOf(wrong, 405), "method_not_allowed");
    assert.equal(await errorOf(await hub.fetch("/absent.html", { method }), 404), "not_found");
  }
});

Deno.test("a wrong address shows the page to a browser, and an error to a program", async () => {
  await using hub = await startHub();
  const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
  const go = (path: string, headers: HeadersInit, method = "GET") =>
    hub.fetch(path, { headers, method });
  for (const path of ["/nowhere", "/nodes", "/nodes/a/b", "/apis", "/incidents/7"]) {
    const lost = await go(path, { Accept: accept });
    const { headers } = lost;
    assert.deepEqual([lost.status, headers.get("content-type"), headers.get("cache-control")], [
      404,
      "text/html; charset=utf-8",
      "no-store",
    ], path);
    assert.equal(await lost.text(), await (await go("/", { Accept: accept })).text());
    assert.equal(await errorOf(await go(path, { Accept: "*/*" }), 404), "not_found");
    assert.equal(await errorOf(await go(path, { Accept: accept }, "POST"), 404), "not_found");
  }
  for (const path of ["/api", "/api/v1/nothing", "/metrics/x"]) {
    assert.equal(await errorOf(await go(path, { Accept: accept }), 404), "not_found", path);
  }
});
