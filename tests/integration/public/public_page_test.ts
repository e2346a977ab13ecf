/** The page of a hub on a public machine, behind nginx as `docs/public-hub.md` describes it. */

import assert from "node:assert/strict";
import type { RefusalView } from "../../../core/api/refusal_view.ts";
import { Nginx } from "../../support/page/nginx.ts";
import { docBlock, replaced } from "../../support/program/doc_block.ts";
import { type Hub, startHub } from "../../support/program/programs.ts";
import { until } from "../../support/time/until.ts";

const DOC = "docs/public-hub.md";
const NAME = "pis.example.org";
/** The document's limit of simultaneous requests per address, including the feed. */
const CONNECTIONS_MAX = 60;
const SETTINGS = { hub: { trusted_proxies: "127.0.0.1", names: NAME } };

/** The document's file; only paths and ports differ. */
async function startNginx(hub: Hub): Promise<Nginx> {
  const lines = docBlock(DOC, "nginx", "limit_conn_zone");
  return await Nginx.serve((port, { certFile, keyFile }) =>
    replaced(lines, {
      "  listen 80;\n  listen [::]:80;\n": `  listen unix:redirect.sock;\n`,
      "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
      "listen [::]:443 ssl": `listen unix:tls.sock ssl`,
      "/etc/letsencrypt/live/pis.example.org/fullchain.pem": certFile,
      "/etc/letsencrypt/live/pis.example.org/privkey.pem": keyFile,
      "http://127.0.0.1:8080": hub.url,
    }), [NAME]);
}

/** Opens a connection as a visitor of `name`. */
async function connect(nginx: Nginx, name = NAME): Promise<Deno.TlsConn> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: nginx.port });
  const caCerts = [Deno.readTextFileSync(nginx.authority.caFile)];
  const tls = await Deno.startTls(tcp, { hostname: name, caCerts });
  try {
    await tls.handshake();
    return tls;
  } catch (error) {
    tls.close();
    throw error;
  }
}

interface Request {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request, and reads until `isEnough` or the end of the connection. */
async function ask(
  connection: Deno.TlsConn,
  { method = "GET", path, headers = {}, body = "" }: Request,
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  const all = { Host: NAME, "Content-Length": String(body.length), ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const text = new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body}`);
  await connection.write(text);
  let answer = "";
  const buffer = new Uint8Array(65_536);
  while (!isEnough(answer)) {
    const length = await connection.read(buffer);
    if (length === null) break;
    answer += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return answer;
}

async function askOnce(nginx: Nginx, request: Request): Promise<string> {
  using connection = await connect(nginx);
  return await ask(connection, {
    ...request,
    headers: { Connection: "close", ...request.headers },
  });
}

function loginOf(password: string, headers: Readonly<Record<string, string>>): Request {
  return {
    method: "POST",
    path: "/api/v1/login",
    headers: { "Content-Type": "application/json", Origin: `https://${NAME}`, ...headers },
    body: JSON.stringify({ password }),
  };
}

const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  Origin: `https://${NAME}`,
};

async function sessionCookie(nginx: Nginx, hub: Hub): Promise<string> {
  const answer = await askOnce(nginx, loginOf(hub.password, {}));
  assert.match(answer, /^HTTP\/1\.1 200 /);
  const cookie = /^set-cookie: ([^;\r\n]+)(.*)$/im.exec(answer);
  assert.match(cookie?.[2] ?? "", /; Secure/);
  return cookie?.[1] ?? "";
}

Deno.test("the page is served under its name over TLS, with its feed, and under no other name", async () => {
  await using hub = await startHub(SETTINGS);
  await using nginx = await startNginx(hub);
  const page = await askOnce(nginx, { path: "/" });
  assert.match(page, /^HTTP\/1\.1 200 /);
  assert.match(page, /^strict-transport-security: max-age=/im);
  assert.match(await askOnce(nginx, { path: "/api/v1/nodes" }), /^HTTP\/1\.1 401 /);
  const cookie = await sessionCookie(nginx, hub);
  using socket = await connect(nginx);
  const request = { path: "/ws", headers: { ...UPGRADE, Cookie: cookie } };
  const feed = await ask(socket, request, (text) => text.includes('"kind":"snapshot"'));
  assert.match(feed, /^HTTP\/1\.1 101 /);
  await assert.rejects(connect(nginx, "127.0.0.1"));
  await assert.rejects(connect(nginx, "other.example.org"));
});

Deno.test("what a visitor writes about himself is not believed behind the proxy", async () => {
  await using hub = await startHub(SETTINGS);
  await using nginx = await startNginx(hub);
  const forged = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Port": "81",
  };
  const foreign = { ...forged, Origin: "https://evil.example" };
  assert.match(await askOnce(nginx, loginOf(hub.password, foreign)), /^HTTP\/1\.1 403 /);
  assert.match(await askOnce(nginx, loginOf(hub.password, forged)), /^HTTP\/1\.1 200 /);
  assert.match(await askOnce(nginx, loginOf("wrong", forged)), /^HTTP\/1\.1 401 /);
  const { clients } = await hub.api<{ clients: readonly RefusalView[] }>("/api/v1/refusals");
  assert.deepEqual(clients.map(({ reason, from }) => [reason, from]), [[
    "page_login",
    "127.0.0.1",
  ]]);
});

Deno.test("one address holds a bounded number of feeds, and nobody sends more than a form", async () => {
  await using hub = await startHub(SETTINGS);
  await using nginx = await startNginx(hub);
  const cookie = await sessionCookie(nginx, hub);
  using sockets = new DisposableStack();
  const statuses: string[] = [];
  for (let count = 0; count < CONNECTIONS_MAX + 5; count++) {
    const socket = sockets.use(await connect(nginx));
    const request = { path: "/ws", headers: { ...UPGRADE, Cookie: cookie } };
    const answer = await ask(socket, request, (text) => text.includes("\r\n\r\n"));
    statuses.push(answer.slice(9, 12));
  }
  assert.equal(statuses.filter((status) => status === "101").length, CONNECTIONS_MAX);
  assert.equal(statuses.filter((status) => status === "429").length, 5);
});

Deno.test("a request that is too large or too slow ends at the proxy", async () => {
  await using hub = await startHub(SETTINGS);
  await using nginx = await startNginx(hub);
  const large = { ...loginOf("", {}), body: "x".repeat(20_000) };
  assert.match(await askOnce(nginx, large), /^HTTP\/1\.1 413 /);
  using slow = await connect(nginx);
  await slow.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: "));
  const ended = slow.read(new Uint8Array(1000)).then((length) => length === null, () => true);
  let isOver = false;
  ended.then((value) => isOver = value);
  await until("the proxy to give up on half a head", () => isOver);
});
