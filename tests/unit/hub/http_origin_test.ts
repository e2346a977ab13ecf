import { Hono } from "hono";
import assert from "node:assert/strict";
import { parsePrefix, type Prefix } from "../../../core/network/address.ts";
import { refuseForeignPages } from "../../../hub/http/origin.ts";
import { isPageName } from "../../../hub/http/page_names.ts";
import { hearProxies, requestOriginOf } from "../../../hub/http/request_origin.ts";
import { wrongMethod } from "../../../hub/http/wrong_method.ts";

const PROXY = "10.0.0.7";

function prefixes(...texts: readonly string[]): readonly Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

async function ask(headers: Record<string, string>, peer = PROXY) {
  const app = new Hono();
  app.use(hearProxies(prefixes("10.0.0.0/8", "::1")));
  app.post("/", refuseForeignPages(), (context) => context.text("done"));
  const env = { remoteAddr: { hostname: peer, port: 1, transport: "tcp" } };
  const response = await app.request("/", { method: "POST", headers }, env);
  return { status: response.status, text: await response.text() };
}

Deno.test("the hub's own page may act by whatever port and scheme it was loaded", async () => {
  const own: readonly (readonly [string, string])[] = [
    ["http://hub.lan:8080", "hub.lan:8080"],
    ["http://hub.lan", "hub.lan:80"],
    ["https://hub.lan", "hub.lan:443"],
    ["https://hub.lan:8443", "hub.lan:8443"],
    ["http://HUB.lan:8080", "Hub.LAN:8080"],
    ["http://[fd00::1]:8080", "[fd00:0::1]:8080"],
  ];
  for (const [origin, host] of own) {
    for (const peer of [PROXY, "192.0.2.1"]) {
      const { status, text } = await ask({ Origin: origin, Host: host }, peer);
      assert.equal(status, 200, `${origin} at ${host}: ${text}`);
    }
  }
  assert.equal((await ask({ Host: "hub.lan" })).status, 200, "a program");
});

Deno.test("another page may not act, and the answer names what was compared", async () => {
  const foreign: readonly (readonly [string, string])[] = [
    ["http://evil.example", "hub.lan:8080"],
    ["http://hub.lan:8081", "hub.lan:8080"],
    ["http://hub.lan", "hub.lan:8080"],
    ["https://hub.lan:8443", "hub.lan"],
    ["null", "hub.lan"],
    ["", "hub.lan"],
    ["file://hub.lan", "hub.lan"],
    ["http://hub.lan", ""],
  ];
  for (const [origin, host] of foreign) {
    const { status, text } = await ask({ Origin: origin, Host: host });
    assert.equal(status, 403, `${origin} at ${host}`);
    const { error } = JSON.parse(text);
    assert.equal(error.code, "foreign_origin");
    for (const value of [origin, host]) assert.ok(error.message.includes(`"${value}"`), text);
  }
  const long = await ask({ Origin: `http://${"x".repeat(5000)}`, Host: "hub.lan" });
  assert.ok(long.text.length < 1000, long.text);
});

Deno.test("a browser's report about the requesting page takes precedence over names", async () => {
  const at = (site: string, origin: string) =>
    ask({ "Sec-Fetch-Site": site, Origin: origin, Host: "hub.lan" });
  assert.equal((await at("same-origin", "https://hub.lan:8443")).status, 200);
  for (const site of ["cross-site", "same-site", "other"]) {
    const { status, text } = await at(site, "http://hub.lan");
    assert.equal(status, 403);
    assert.ok(text.includes(site), text);
  }
});

Deno.test("only a trusted proxy can report how the client reached the hub", async () => {
  const forwarded = {
    Host: "127.0.0.1:8080",
    "X-Forwarded-Host": "pis.example.org",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "8443",
  };
  const as = async (origin: string, peer?: string) =>
    (await ask({ ...forwarded, Origin: origin }, peer)).status;
  assert.equal(await as("https://pis.example.org:8443"), 200);
  assert.equal(await as("http://pis.example.org:8443"), 403, "scheme");
  assert.equal(await as("https://pis.example.org"), 403, "port");
  assert.equal(await as("https://pis.example.org:8443", "192.0.2.1"), 403, "not trusted");
  assert.equal(await as("https://pis.example.org:8443", "::ffff:10.1.2.3"), 200, "mapped");
});

Deno.test("the client is the last address that no trusted proxy has", async () => {
  const app = new Hono();
  app.use(hearProxies(prefixes("10.0.0.0/8")));
  app.get("/", (context) => context.text(requestOriginOf(context).address));
  const from = async (peer: string, forwarded?: string) => {
    const env = { remoteAddr: { hostname: peer, port: 1, transport: "tcp" } };
    const headers: Record<string, string> = forwarded ? { "X-Forwarded-For": forwarded } : {};
    return await (await app.request("/", { headers }, env)).text();
  };
  assert.equal(await from("192.0.2.1", "198.51.100.1"), "192.0.2.1");
  assert.equal(await from("10.0.0.1"), "10.0.0.1");
  assert.equal(await from("10.0.0.1", "198.51.100.1"), "198.51.100.1");
  assert.equal(await from("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
  assert.equal(await from("10.0.0.1", "10.0.0.9"), "10.0.0.9");
  assert.equal(await from("10.0.0.1", "nonsense"), "10.0.0.1");
});

Deno.test("guests come by names that nobody else can lead to the hub", () => {
  const names = new Set(["pis.example.org"]);
  const good = [
    "hub",
    "hub:8080",
    "127.0.0.1:8080",
    "[::1]:8080",
    "192.0.2.7",
    "hub.local",
    "Hub.LAN",
  ];
  for (const host of [...good, "pis.example.org", "PIS.example.org.:443", "localhost", ""]) {
    assert.ok(isPageName(host, names), host);
  }
  for (const host of ["evil.example", "pis.example.org.evil.example", "local.evil", "x.1.2.3.4"]) {
    assert.ok(!isPageName(host, names), host);
  }
});

Deno.test("an unsupported method gets an answer with the supported ones", async () => {
  const app = new Hono();
  app.use((_context, next) => next());
  app.get("/a/:id", (context) => context.text("a"));
  app.post("/a/:id", (context) => context.text("a"));
  app.delete("/b", (context) => context.text("b"));
  app.notFound((context) => wrongMethod(context, app.routes) ?? context.text("", 404));
  const method = async (path: string, method: string) => {
    const { status, headers } = await app.request(path, { method });
    return [status, headers.get("allow")];
  };
  assert.deepEqual(await method("/a/x", "PUT"), [405, "GET, HEAD, POST"]);
  assert.deepEqual(await method("/b", "GET"), [405, "DELETE"]);
  assert.deepEqual(await method("/a", "PUT"), [404, null]);
  assert.deepEqual(await method("/a/x/y", "PUT"), [404, null]);
});
